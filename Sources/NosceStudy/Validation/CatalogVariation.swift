import NosceCore
import NosceExperiment
import NosceRows

/// What makes one validation experiment differ from the next: the master seed, the host that comes
/// first, and the word.
package struct CatalogVariation: Sendable {
  package var seed: UInt64
  package var seeds: Int
  /// Values for the variable that has a task for each; none keeps what the experiment has.
  package var words: [String]

  /// Words of the list that fit the experiment's other variables and have anagrams enough.
  package init(_ source: Experiment, words: WordList, seed: UInt64, seeds: Int) {
    self.seed = seed
    self.seeds = seeds
    let variable = source.variables.first(where: Self.isListed)
    guard let variable else {
      self.words = []
      return
    }
    self.words = words.development.filter { word in
      let tasks = try? source.applying(settings: [variable.name: [word]]).tasks()
      return Candidates.anagramCount(of: word) >= 20 && tasks != nil
    }
  }

  /// The experiment under another name, with no measurement that only curves need.
  func applied(to source: Experiment, _ name: String, number: Int) -> Experiment {
    var result = source
    result.name = "\(name)-\(source.name)-\(number)"
    result.title = "\(source.title) (validation)"
    result.note = nil
    var generator = SeededGenerator(seed: seed, labStream: result.name)
    // 52 bits, so that any reader of JSON has the same number.
    result.seed = generator.next() >> 12
    result.seeds = seeds
    result.seedsByBackend = [:]
    result.hosts.personas = Self.turned(source.hosts.personas, by: number - 1)
    result.hosts.others = Self.turned(source.hosts.others, by: number - 1)
    if let index = result.variables.firstIndex(where: Self.isListed), !words.isEmpty {
      result.variables[index].values = [words[(number - 1) % words.count]]
    }
    result.associations = []
    result.curves = nil
    result.dose = nil
    return result
  }

  /// The list from another place on, so that every name comes first once.
  private static func turned(_ list: [String], by count: Int) -> [String] {
    if list.isEmpty { return [] }
    let place = count % list.count
    return Array(list[place...] + list[..<place])
  }

  /// Whether a variable has its values in a list, one task for each.
  private static func isListed(_ variable: Variable) -> Bool {
    if case .each = variable.source { true } else { false }
  }
}

extension Experiment {
  /// The rows of an arm with no reference to another arm left.
  func ownRows(of name: String) throws -> [RowSource] {
    guard let arm = arm(name) else {
      throw LabError(.invalidExperiment, "\(self.name): there is no arm '\(name)'")
    }
    return try arm.rows.flatMap { row -> [RowSource] in
      guard case .sameAs(let other) = row.origin else { return [row] }
      return try ownRows(of: other).map { RowSource($0.origin, control: row.control ?? $0.control) }
    }
  }
}
