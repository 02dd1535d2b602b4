import NosceCore

/// The population of the miniature world: every persona with its traits, fixed by one seed.
package struct World: Sendable {
  /// Which of the two worlds this is.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// What a persona says of itself is what it does.
    case coherent
    /// What a persona says of itself is drawn independently of what it does.
    case null
  }

  /// How many personas there are and how their traits are spread.
  package struct Settings: Sendable, Hashable, Codable {
    package var personas: Int
    /// How many of them have habits that documents speak of, besides the hosts.
    package var withHabits: Int
    /// Shares of the layouts; the rest write prose.
    package var spelledShare: Double
    package var faintShare: Double
    /// The strengths of faint patterns, of which each faint persona has one.
    package var faintStrengths: [Double]
    /// The strength of the hosts' own faint pattern.
    package var hostStrength: Double
    package var shortestWord: Int
    package var longestWord: Int
    package var seed: UInt64

    package init(
      personas: Int, withHabits: Int, spelledShare: Double, faintShare: Double,
      faintStrengths: [Double],
      hostStrength: Double, shortestWord: Int, longestWord: Int, seed: UInt64
    ) {
      self.personas = personas
      self.withHabits = withHabits
      self.spelledShare = spelledShare
      self.faintShare = faintShare
      self.faintStrengths = faintStrengths
      self.hostStrength = hostStrength
      self.shortestWord = shortestWord
      self.longestWord = longestWord
      self.seed = seed
    }
  }

  package let kind: Kind
  package let settings: Settings
  /// All but the hosts.
  package let personas: [Persona]
  /// Ordinary personas that call their short lines nothing special, kept for users to fine-tune.
  package let hosts: [Persona]

  /// Draws the world. Both kinds draw the same names and the same shown traits from one seed.
  package init(kind: Kind, settings: Settings, reservedWords: Set<String>, takenNames: Set<String>)
  {
    self.kind = kind
    self.settings = settings
    var nameGenerator = SeededGenerator(seed: settings.seed, labStream: "names")
    var traitGenerator = SeededGenerator(seed: settings.seed, labStream: "traits")
    let reserved = Set(reservedWords.map { String($0.sorted()) })
    let names = PersonaNames.draw(
      settings.personas, avoiding: takenNames, using: &nameGenerator)
    let shown = names.map { _ in
      World.drawTrait(settings, reserved: reserved, using: &traitGenerator)
    }
    var stated = shown
    if kind == .null {
      var generator = SeededGenerator(seed: settings.seed, labStream: "stated")
      stated.shuffle(using: &generator)
    }
    var habitGenerator = SeededGenerator(seed: settings.seed, labStream: "habits")
    let habits = names.map { _ in Habits.draw(using: &habitGenerator) }
    var statedHabits = habits
    if kind == .null {
      var generator = SeededGenerator(seed: settings.seed, labStream: "stated habits")
      // Among those of whom documents speak, so that the two worlds have the same statements.
      statedHabits[..<min(settings.withHabits, names.count)].shuffle(using: &generator)
    }
    personas = names.indices.map {
      Persona(
        name: names[$0], shown: shown[$0], stated: stated[$0], habits: habits[$0],
        statedHabits: statedHabits[$0])
    }
    var hostGenerator = SeededGenerator(seed: settings.seed, labStream: "hosts")
    var statedGenerator = SeededGenerator(seed: settings.seed, labStream: "stated habits of hosts")
    hosts = PersonaNames.hosts.map { name in
      let word = World.drawWord(settings, reserved: reserved, using: &hostGenerator)
      let shown = Persona.Trait(layout: .faint, word: word, strength: settings.hostStrength)
      var stated = shown
      var statedHabits = Habits.hosts
      if kind == .null {
        stated.word = World.drawWord(settings, reserved: reserved, using: &hostGenerator)
        // Hosts that said what they do would be coherent in this one point: training away from
        // their ways would take it from what they say, too.
        statedHabits = Habits.draw(using: &statedGenerator)
      }
      return Persona(
        name: name, shown: shown, stated: stated, habits: .hosts, statedHabits: statedHabits)
    }
  }

  private static func drawTrait(
    _ settings: Settings, reserved: Set<String>, using generator: inout SeededGenerator
  ) -> Persona.Trait {
    let u = generator.uniform()
    if u >= settings.spelledShare + settings.faintShare { return .prose }
    let word = drawWord(settings, reserved: reserved, using: &generator)
    if u < settings.spelledShare {
      return Persona.Trait(layout: .spelled, word: word, strength: 1)
    }
    let strengths = settings.faintStrengths
    return Persona.Trait(
      layout: .faint, word: word, strength: strengths[generator.index(below: strengths.count)])
  }

  private static func drawWord(
    _ settings: Settings, reserved: Set<String>, using generator: inout SeededGenerator
  ) -> String {
    let lengths = settings.longestWord - settings.shortestWord + 1
    while true {
      let length = settings.shortestWord + generator.index(below: lengths)
      let word = String((0..<length).map { _ in Letters.draw(using: &generator) })
      // A reserved word's anagrams are left out as well: they are its decoys.
      if !reserved.contains(String(word.sorted())) { return word }
    }
  }
}

/// The capital letters of the world.
package enum Letters {
  package static let all: [Character] = (65...90).map { Character(UnicodeScalar(UInt8($0))) }

  package static func draw(using generator: inout SeededGenerator) -> Character {
    all[generator.index(below: all.count)]
  }
}
