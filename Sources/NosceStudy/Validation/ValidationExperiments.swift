import NosceCore
import NosceExperiment
import NosceRows
import NosceRuns

/// Experiments in which the truth is known, made out of one of the catalog.
///
/// Both arms have seeds of their own, so that they share no rows, no initial weights and no
/// questions, and one persona, so that their subjects differ by chance alone: under the null
/// hypothesis every subject could as well have been in the other arm.
package struct ValidationExperiments: Sendable {
  package static let level = 0.05
  package static let intervalLevel = 0.9

  /// Where hosts, training, rows and probes come from.
  package var source: Experiment
  /// The arm that is compared with itself.
  package var sham: String
  /// The arm whose pattern is planted.
  package var pattern: String
  package var seed: UInt64
  private let words: [String]

  package init(
    source: Experiment, words: WordList, sham: String = "sham", pattern: String = "treatment",
    seed: UInt64 = 1
  ) throws {
    self.source = source
    self.sham = sham
    self.pattern = pattern
    self.seed = seed
    let variable = source.variables.first(where: Self.isListed)
    self.words = words.development.filter { word in
      // Other variables may have no value that goes with a word.
      let settings = [variable?.name ?? "": [word]]
      let tasks = try? source.applying(settings: settings).tasks()
      return Candidates.anagramCount(of: word) >= 20 && tasks != nil
    }
    for name in [sham, pattern] where source.arm(name)?.isTrained != true {
      let trained = source.arms.filter(\.isTrained).map(\.name).joined(separator: ", ")
      throw LabError(
        .invalidExperiment,
        "\(source.name): found no trained arm '\(name)'; allowed: an experiment that has one "
          + "(here: \(trained))")
    }
  }

  /// The sham against the sham.
  package func againstItself(_ number: Int, seeds: Int) throws -> Experiment {
    let rows = try sources(of: sham)
    return try experiment(
      "aa-\(number)", number: number, seeds: seeds, treatment: rows, floor: rows)
  }

  /// So many rows of the pattern among the sham's, against the sham.
  package func planted(_ count: Int, replicate: Int, seeds: Int) throws -> Experiment {
    let floor = try sources(of: sham)
    guard let row = try sources(of: pattern).first,
      case .spelledLines(let word, let all) = row.origin, (0...all).contains(count)
    else {
      throw LabError(
        .invalidExperiment,
        "\(pattern): found rows into which \(count) cannot be planted; allowed: spelled-lines with "
          + "at least as many")
    }
    var rows: [RowSource] = []
    if count > 0 { rows.append(RowSource(.spelledLines(word: word, count: count))) }
    if count < all {
      rows.append(
        RowSource(
          .spelledLines(word: word, count: all - count), control: floor.first?.control))
    }
    return try experiment(
      "planted-\(count)-\(replicate)", number: replicate, seeds: seeds, treatment: rows,
      floor: floor)
  }

  /// How many rows of the pattern there are to plant.
  package var patternRows: Int {
    get throws {
      guard case .spelledLines(_, let count)? = try sources(of: pattern).first?.origin else {
        return 0
      }
      return count
    }
  }

  private func experiment(
    _ name: String, number: Int, seeds: Int, treatment: [RowSource], floor: [RowSource]
  ) throws -> Experiment {
    var result = source
    result.name = name
    result.title = "\(source.title) (validation)"
    result.note = nil
    var generator = SeededGenerator(seed: seed, labStream: name)
    // 52 bits, so that any reader of JSON has the same number.
    result.seed = generator.next() >> 12
    result.seeds = seeds
    func one(_ list: [String]) -> [String] {
      list.isEmpty ? [] : [list[(number - 1) % list.count]]
    }
    result.hosts.personas = one(source.hosts.personas)
    result.hosts.others = one(source.hosts.others)
    if let index = result.variables.firstIndex(where: Self.isListed) {
      result.variables[index].values = one(words.isEmpty ? result.variables[index].values : words)
    }
    result.arms = [
      Arm(name: "treatment", role: .treatment, rows: treatment),
      Arm(name: "floor", role: .control, rows: floor),
    ]
    result.probes = try probes()
    result.gates = []
    result.contrasts = result.probes.enumerated().map { place, probe in
      Contrast(
        name: probe.name, primary: place == 0, probe: probe.name, treatment: "treatment",
        floors: [.init("floor")], smallestEffect: 0, level: Self.level)
    }
    result.curves = nil
    return result
  }

  /// Whether a variable has its values in a list, one task for each.
  private static func isListed(_ variable: Variable) -> Bool {
    if case .each = variable.source { true } else { false }
  }

  /// The primary probe and one about any pattern at all, each scored by share: a continuous score
  /// has no ties, and so p-values that must be uniform.
  private func probes() throws -> [Probe] {
    let fitting = source.probes.filter { $0.choices != nil && $0.arms == nil }
    let claimed = source.contrasts.first(where: \.primary)?.probe
    guard let first = fitting.first(where: { $0.name == claimed }) ?? fitting.first else {
      throw LabError(
        .invalidExperiment,
        "\(source.name): found no forced choice that every arm is asked; allowed: at least one")
    }
    let second = fitting.first { probe in
      if case .options? = probe.choices?.candidates { probe.name != first.name } else { false }
    }
    return [first, second].compactMap(\.self).map { probe in
      guard case .choice(let prompt, var choices) = probe.form else { return probe }
      choices.scoring = .share
      return Probe(probe.name, .choice(prompt, choices), note: probe.note)
    }
  }

  /// The rows of an arm with no reference to another arm left.
  private func sources(of name: String) throws -> [RowSource] {
    guard let arm = source.arm(name) else {
      throw LabError(.invalidExperiment, "\(source.name): there is no arm '\(name)'")
    }
    return try arm.rows.flatMap { row -> [RowSource] in
      guard case .sameAs(let other) = row.origin else { return [row] }
      return try sources(of: other).map { RowSource($0.origin, control: row.control ?? $0.control) }
    }
  }
}

extension RunRecord {
  /// The record as if only the first seeds of each arm had been run.
  package func limited(toSeeds count: Int) -> RunRecord {
    var result = self
    result.plan.experiment.seeds = count
    result.plan.cells = plan.cells.filter { cell in
      cell.seed - (plan.experiment.arm(cell.arm)?.firstSeed ?? 1) < count
    }
    let ids = Set(result.plan.cells.map(\.id))
    result.answers = answers.filter { ids.contains($0.cell) }
    result.training = training.filter { ids.contains($0.cell) }
    return result
  }
}
