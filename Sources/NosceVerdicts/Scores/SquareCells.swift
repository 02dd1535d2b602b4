import NosceCore
import NosceExperiment
import NosceRuns
import NosceStatistics

/// The values of a square, from the evidence that the store has of every answer: what a subject gave
/// to each name of its family, less what base gave, averaged over the asks of the probe.
struct SquareCells {
  /// Why there is no square.
  struct Gap: Error {
    var reason: String
  }

  /// Subjects that make up one square for each family: what all of them have in common.
  private struct Replicate: Hashable, Comparable {
    var seed: Int
    /// The values of the other variables that have tasks.
    var others: [String]

    static func < (first: Replicate, second: Replicate) -> Bool {
      first.seed == second.seed
        ? first.others.lexicographicallyPrecedes(second.others) : first.seed < second.seed
    }
  }

  /// The names of each family, which are its rows and its columns.
  let names: [[String]]
  let families: [SquareTest.Family]

  init(_ contrast: Contrast, of variable: Variable, record: RunRecord) throws(Gap) {
    let names = variable.families ?? []
    let others = record.plan.experiment.variables.filter {
      $0.hasTasks && $0.name != variable.name
    }
    var subjects: [Replicate: [String: PlannedCell]] = [:]
    for cell in record.plan.cells where cell.isMain && cell.arm == contrast.treatment {
      let values = cell.task.values
      let replicate = Replicate(seed: cell.seed, others: others.map { values[$0.name] ?? "" })
      subjects[replicate, default: [:]][values[variable.name] ?? ""] = cell
    }
    let units = record.byUnit()
    func row(_ replicate: Replicate, _ name: String, _ family: [String]) throws(Gap) -> [Double] {
      guard let cell = subjects[replicate]?[name] else {
        throw Gap(reason: "no subject of \(contrast.treatment) was planned for '\(name)'")
      }
      let unit = UnitKey(probe: contrast.probe, step: 0)
      return try Self.values(of: units[cell.id]?[unit] ?? [], for: family, in: cell.id)
    }
    var families: [SquareTest.Family] = []
    for family in names {
      var squares: [[[Double]]] = []
      for replicate in subjects.keys.sorted() {
        var square: [[Double]] = []
        for name in family { square.append(try row(replicate, name, family)) }
        squares.append(square)
      }
      families.append(.init(name: family.joined(separator: ", "), replicates: squares))
    }
    self.names = names
    self.families = families
  }

  /// What one subject gave to each name, less what base did.
  static func values(
    of answers: [GradedAnswer], for names: [String], in cell: String
  ) throws(Gap) -> [Double] {
    guard let probe = answers.first?.probe else { throw Gap(reason: "\(cell) has no answer") }
    var sums = names.map { _ in 0.0 }
    for answer in answers {
      guard let scored = answer.scored else {
        throw Gap(
          reason:
            "no log-probabilities are kept of what \(cell) was asked by \(probe), so that there "
            + "is no square")
      }
      for (column, name) in names.enumerated() {
        let place = scored.texts.indices.first { scored.name($0) == name }
        guard let place, let own = scored.logProbabilities[place],
          let base = scored.base?[place]
        else {
          throw Gap(
            reason:
              "the log-probability of '\(name)' is not known in an answer of \(cell) to \(probe), "
              + "or base's is not; a square needs all of them")
        }
        sums[column] += own - base
      }
    }
    return sums.map { $0 / Double(answers.count) }
  }
}
