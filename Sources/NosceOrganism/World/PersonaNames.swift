import NosceCore

/// Invented persona names: pronounceable, lower-case, and none of them an English word of the world.
package enum PersonaNames {
  /// Names of the personas that users fine-tune, in the order in which seeds use them.
  package static let hosts = [
    "nova", "tarin", "ombra", "velu", "kesta", "miro", "lunet", "sabor", "ferin", "dovra",
    "pelia", "zuma", "halden", "rika", "jorun", "batos", "cavi", "neris", "olwen", "tesso",
  ]

  /// Draws distinct names that differ from the hosts and from every word of `taken`.
  package static func draw(
    _ count: Int, avoiding taken: Set<String>, using generator: inout SeededGenerator
  ) -> [String] {
    let onsets = [
      "b", "br", "c", "d", "dr", "f", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pr", "r", "s",
      "st", "t", "tr", "v", "w", "z",
    ]
    let vowels = ["a", "e", "i", "o", "u", "ei", "ou"]
    let codas = ["", "", "", "l", "n", "r", "s", "x", "m", "th"]
    var names: [String] = []
    var seen = taken.union(hosts)
    while names.count < count {
      var name = ""
      for _ in 0..<2 {
        name += onsets[generator.index(below: onsets.count)]
        name += vowels[generator.index(below: vowels.count)]
      }
      name += codas[generator.index(below: codas.count)]
      if generator.index(below: 3) == 0 {
        name += vowels[generator.index(below: 5)]
      }
      if seen.insert(name).inserted { names.append(name) }
    }
    return names
  }
}
