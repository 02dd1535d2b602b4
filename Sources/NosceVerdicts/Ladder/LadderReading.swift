import NosceCore
import NosceExperiment
import NosceRuns
import NosceStatistics

/// Reads a ladder: how far each condition moves a probe, and what follows for claims made with it.
package struct LadderReading {
  private static let level = 0.95

  private let record: LadderRecord
  private let experiment: Experiment

  package init(_ record: LadderRecord, of experiment: Experiment) {
    self.record = record
    self.experiment = experiment
  }

  /// One result for each probe that was asked, in the order of the experiment.
  package func results() throws -> [RunSummary.Ladder] {
    try experiment.probes.compactMap { probe in
      let answers = record.answers.filter { $0.probe == probe.name }
      return answers.isEmpty ? nil : try result(probe, answers)
    }
  }

  private func result(
    _ probe: Probe, _ answers: [LadderRecord.Answer]
  ) throws -> RunSummary.Ladder {
    let contrast =
      experiment.contrasts.first { $0.probe == probe.name && $0.primary }
      ?? experiment.contrasts.first { $0.probe == probe.name }
    let variable = contrast?.square.flatMap(experiment.variable)
    let takesGains = probe.choices.map { $0.scoring == .order && $0.minusBase } ?? false
    let values = try LadderValues(
      answers, square: variable, tasks: experiment.tasks(), ordersGains: takesGains)
    var rungs: [RunSummary.Ladder.Rung] = []
    for condition in LadderCondition.allCases {
      let gap = record.gaps.first { $0.condition == condition && $0.probe == probe.name }
      let asked = answers.filter { $0.condition == condition }
      if asked.isEmpty, gap == nil { continue }
      rungs.append(try rung(condition, asked, values, gap: gap?.reason))
    }
    var ladder = RunSummary.Ladder(
      probe: probe.name, contrast: contrast?.name, smallestEffect: contrast?.smallestEffect,
      isSquare: variable != nil, unit: probe.isLogOdds || variable != nil ? "nats" : nil,
      rungs: rungs)
    guard let contrast else { return ladder }
    if let why = flaw(.toldAnswer, ladder, contrast)
      ?? wrongWay(.toldAnswer, .toldOpposite, ladder, contrast)
    {
      ladder.reads = false
      ladder.reason = why
    } else {
      ladder.reads = true
    }
    // Facts that move it the same way whatever follows from them are not inferred from.
    ladder.factsReason =
      flaw(.toldFacts, ladder, contrast)
      ?? wrongWay(.toldFacts, .toldOppositeFacts, ladder, contrast)
    ladder.infers = ladder.factsReason == nil
    return ladder
  }

  private func rung(
    _ condition: LadderCondition, _ asked: [LadderRecord.Answer], _ values: LadderValues,
    gap: String?
  ) throws -> RunSummary.Ladder.Rung {
    let own = values.byWording[condition] ?? [:]
    let neutral = values.byWording[.neutral] ?? [:]
    let shifts = own.keys.sorted().compactMap { wording in
      neutral[wording].map { (own[wording] ?? 0) - $0 }
    }
    let kept = asked.count { $0.outcome == .scored }
    // A wording that was not scored untold has no shift, whatever it scored when told.
    var rung = RunSummary.Ladder.Rung(
      condition: condition, wordings: condition == .neutral ? own.count : shifts.count,
      kept: kept, total: asked.count, gap: gap)
    // In one order, for a sum in another may end in another last bit.
    let sum = own.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
    if !own.isEmpty { rung.mean = sum / Double(own.count) }
    if condition != .neutral, !shifts.isEmpty {
      let estimate = try Estimate.mean(of: shifts, bounds: nil, level: Self.level)
      rung.shift = estimate.mean
      rung.interval = estimate.interval
    }
    if let (first, names) = values.firsts[condition] {
      rung.first = first
      rung.names = names
    }
    return rung
  }

  /// Why a condition does not move the probe in the claimed direction as far as it must; nil where
  /// it does.
  private func flaw(
    _ condition: LadderCondition, _ ladder: RunSummary.Ladder, _ contrast: Contrast
  ) -> String? {
    let words = "\(condition.rawValue), the model"
    guard let rung = ladder.rung(condition), let shift = rung.shift else {
      return "\(words) gives no answer that could be scored"
    }
    let sign = ladder.isSquare ? 1 : contrast.direction.sign
    let unit = ladder.unit.map { " \($0)" } ?? ""
    let least = contrast.smallestEffect
    guard sign * shift >= least - 1e-9 * max(1, least), sign * shift > 0 else {
      return "\(words) moves its answers by \(SentenceNumber.signed(shift))\(unit), where at least "
        + "\(SentenceNumber.signed(sign * least)) is needed"
    }
    if let interval = rung.interval {
      let near = sign > 0 ? interval.lower : -interval.upper
      if near <= 0 {
        return "\(words) moves its answers by \(SentenceNumber.signed(shift))\(unit), and over "
          + "\(Counted.text(rung.wordings, "wording")) the interval holds 0"
      }
    } else if rung.wordings < 2 {
      return
        "\(words) gives answers that can be compared in one wording only, which says nothing of "
        + "others"
    }
    return nil
  }

  /// A model that says the same whatever it is told has only been made readier to say it, and of one that
  /// gives no answer nothing is known. In a square the other names' texts are the opposite.
  private func wrongWay(
    _ condition: LadderCondition, _ opposite: LadderCondition, _ ladder: RunSummary.Ladder,
    _ contrast: Contrast
  ) -> String? {
    guard !ladder.isSquare, let other = ladder.rung(opposite),
      let told = ladder.rung(condition)?.shift, let neutral = ladder.rung(.neutral)?.mean
    else { return nil }
    guard let shift = other.shift else {
      return "\(opposite.rawValue), the model gives no answer that could be scored"
    }
    let sign = contrast.direction.sign
    // Where nothing is left to be lost it cannot move the other way, and must stay where it is.
    let end = sign > 0 ? 0.0 : 1.0
    let hasRoom = ladder.unit != nil || abs(neutral - end) >= contrast.smallestEffect
    if hasRoom ? sign * shift < 0 : sign * shift <= min(contrast.smallestEffect, abs(told) / 2) {
      return nil
    }
    return "\(opposite.rawValue), the model moves its answers "
      + "\(shift == 0 ? "nowhere" : "the same way") "
      + "(\(SentenceNumber.signed(shift)); \(condition.rawValue) \(SentenceNumber.signed(told)))"
  }
}

/// The values of a probe by condition and wording.
private struct LadderValues {
  /// Means over tasks, hosts and repetitions; of a square its effect, in nats.
  var byWording: [LadderCondition: [Int: Double]] = [:]
  /// Of a square: for how many told names the name itself gains most, of how many.
  var firsts: [LadderCondition: (Int, Int)] = [:]

  /// - Parameter ordersGains: whether the score is the order of what names gain over the untold model,
  ///   as that of a subject is over base.
  init(
    _ answers: [LadderRecord.Answer], square variable: Variable?, tasks: [ExperimentTask],
    ordersGains: Bool = false
  ) throws {
    let byCondition = Dictionary(grouping: answers, by: \.condition)
    if ordersGains {
      byWording = Self.orders(byCondition)
      return
    }
    guard let variable, let families = variable.families else {
      for (condition, answers) in byCondition {
        byWording[condition] = Dictionary(grouping: answers, by: \.wording).compactMapValues {
          let scores = $0.compactMap(\.score)
          return scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count)
        }
      }
      return
    }
    let taskOf = Dictionary(
      tasks.map { ($0.values[variable.name] ?? "", $0.name) },
      uniquingKeysWith: { first, _ in first })
    let neutral = Self.gains(byCondition[.neutral] ?? [])
    for (condition, answers) in byCondition where condition != .neutral {
      let told = Self.gains(answers)
      let wordings = Set(told.keys.map(\.wording)).sorted()
      var all: [[[Double]]] = families.map { family in
        [[Double]](repeating: [Double](repeating: 0, count: family.count), count: family.count)
      }
      for wording in wordings {
        let squares = families.map { family in
          family.map { name in
            family.map { asked in
              let key = Key(task: taskOf[name] ?? name, wording: wording, name: asked)
              return (told[key] ?? .nan) - (neutral[key] ?? .nan)
            }
          }
        }
        guard squares.joined().joined().allSatisfy(\.isFinite) else { continue }
        byWording[condition, default: [:]][wording] = SquareEffect.of(squares)
        for (place, square) in squares.enumerated() {
          for (row, values) in square.enumerated() {
            for (column, value) in values.enumerated() { all[place][row][column] += value }
          }
        }
      }
      guard byWording[condition] != nil else { continue }
      let rows = all.flatMap { $0.enumerated().map { ($0.offset, $0.element) } }
      firsts[condition] = (rows.count { row, values in values[row] == values.max() }, rows.count)
    }
    byWording[.neutral] = Dictionary(
      uniqueKeysWithValues: Set(neutral.keys.map(\.wording)).map { ($0, 0.0) })
  }

  /// The share of pairs in their order, by what each name gains over the untold model.
  private static func orders(
    _ byCondition: [LadderCondition: [LadderRecord.Answer]]
  ) -> [LadderCondition: [Int: Double]] {
    struct Asked: Hashable {
      var task: String
      var seed: Int
      var item: Int
    }
    func key(_ answer: LadderRecord.Answer) -> Asked {
      Asked(task: answer.task, seed: answer.seed, item: answer.item)
    }
    func known(_ answer: LadderRecord.Answer) -> [Double]? {
      guard let all = answer.scored?.logProbabilities else { return nil }
      let known = all.compactMap(\.self)
      return known.count == all.count ? known : nil
    }
    let neutral = Dictionary(
      (byCondition[.neutral] ?? []).compactMap { answer in
        known(answer).map { (key(answer), $0) }
      }, uniquingKeysWith: { first, _ in first })
    return byCondition.mapValues { answers in
      Dictionary(grouping: answers, by: \.wording).compactMapValues { answers in
        let shares = answers.compactMap { answer -> Double? in
          guard let own = known(answer), let base = neutral[key(answer)], own.count == base.count
          else { return nil }
          return Candidates.shareInOrder(zip(own, base).map { $0 - $1 })
        }
        return shares.isEmpty ? nil : shares.reduce(0, +) / Double(shares.count)
      }
    }
  }

  private struct Key: Hashable {
    var task: String
    var wording: Int
    var name: String
  }

  /// The log-probability of each name, averaged over hosts and repetitions.
  private static func gains(_ answers: [LadderRecord.Answer]) -> [Key: Double] {
    var sums: [Key: (sum: Double, count: Int)] = [:]
    for answer in answers {
      guard let scored = answer.scored else { continue }
      for (place, value) in scored.logProbabilities.enumerated() {
        let key = Key(task: answer.task, wording: answer.wording, name: scored.name(place))
        let old = sums[key] ?? (0, 0)
        sums[key] = (old.sum + (value ?? .nan), old.count + 1)
      }
    }
    return sums.mapValues { $0.sum / Double($0.count) }
  }
}
