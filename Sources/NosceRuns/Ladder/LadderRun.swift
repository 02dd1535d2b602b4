import Foundation
import NosceCore
import NosceExperiment
import NosceGrading
import NoscePorts
import NosceRows

/// Asks the untrained model what a ladder plans.
package struct LadderRun: Sendable {
  package let plan: LadderPlan
  package let model: any ModelProvider
  package let judge: (any ModelProvider)?
  package let version: String

  package init(
    _ plan: LadderPlan, on model: any ModelProvider, judge: (any ModelProvider)? = nil,
    version: String
  ) {
    self.plan = plan
    self.model = model
    self.judge = judge
    self.version = version
  }

  /// - Parameter progress: hears of every unit that is asked, with the number of those done before.
  package func record(
    progress: (LadderPlan.Unit, Int) -> Void = { _, _ in }
  ) async throws -> LadderRecord {
    let start = Date()
    let base = try await model.open(nil)
    let rating: Judge?
    if let judge { rating = try await Judge(opening: judge) } else { rating = nil }
    var answers: [LadderRecord.Answer] = []
    var gaps = plan.gaps
    for (number, unit) in plan.units.enumerated() {
      try Task.checkCancellation()
      progress(unit, number)
      if gaps.contains(where: { $0.condition == unit.condition && $0.probe == unit.probe.name }) {
        continue
      }
      do {
        answers += try await ask(unit, base, rating)
      } catch is CancellationError {
        throw CancellationError()
      } catch  where unit.condition == .shownRows && (error as? LabError)?.isPassing != true {
        // What is shown may be longer than the model's context; the other rungs do not hang on it.
        gaps.append(
          .init(
            unit.condition, probe: unit.probe.name,
            reason: (error as? LabError)?.message ?? "\(error)"))
        answers.removeAll { $0.condition == unit.condition && $0.probe == unit.probe.name }
      }
    }
    return try LadderRecord(
      version: version, experiment: plan.experiment.name, model: plan.model,
      materials: plan.materials.mark, askedHash: plan.askedHash,
      started: start.ISO8601Format(), seconds: Date().timeIntervalSince(start), answers: answers,
      gaps: gaps)
  }

  private func ask(
    _ unit: LadderPlan.Unit, _ base: any Subject, _ judge: Judge?
  ) async throws -> [LadderRecord.Answer] {
    let asker = Asker(probe: unit.probe, subject: base, base: base)
    let asks = try await asker.prepared(unit.asks)
    var answers: [LadderRecord.Answer] = []
    try await asker.ask(asks) { answered in
      let ask = asks[answered.place]
      let (text, grade) = try await asker.grade(answered.answer, to: ask, judge: judge)
      answers.append(
        .init(
          unit.condition, task: unit.task.name, seed: unit.seed,
          GradedAnswer(
            cell: unit.condition.rawValue, probe: unit.probe.name, step: 0, ask: ask,
            answer: text, grade: grade, evidence: answered.evidence, scored: answered.scored)))
    }
    return answers.sorted { $0.item < $1.item }
  }
}
