import Foundation
import NosceCore
import NosceExperiment
import NosceFiles
import NoscePorts
import NosceRows
import NosceRuns
import NosceVerdicts

/// The ladder before a run: found where it was kept, or asked once and kept for the model, the
/// materials and the questions.
package struct LadderStage: Sendable {
  package let plan: LadderPlan
  /// Where it is kept, or would be.
  package let file: URL
  private let model: any ModelProvider
  private let judge: (any ModelProvider)?

  /// Nil where no probe of the experiment has texts to be told.
  package init?(
    _ loaded: ExperimentFile.Loaded, on model: any ModelProvider, judge: (any ModelProvider)?,
    in folder: URL
  ) throws {
    plan = try LadderPlan(
      experiment: loaded.experiment, materials: loaded.materials, model: model.identity,
      judge: judge)
    if plan.isEmpty { return nil }
    let key = ContentHash.of(
      "\(model.identity.contentHash) \(plan.askedHash) \(LadderRecord.currentSchema)")
    let names = [plan.experiment.name, model.identity.name].map(FileName.plain)
    file = folder.appending(path: "\(names[0])-\(names[1])-\(key.prefix(12)).json")
    self.model = model
    self.judge = judge
  }

  /// What was kept; nil where it has not been asked.
  package func stored() throws -> LadderRecord? {
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    let record = try LadderRecord.read(file)
    guard plan.isAnswered(by: record) else {
      throw LabError(
        .version,
        "\(file.path): found a ladder of another model or of other questions; allowed: the file as Nosce "
          + "named it")
    }
    return record
  }

  /// What was kept, or what the model answers now, which is kept then.
  package func obtain(_ events: AppEvents) async throws -> LadderRecord {
    if let record = try stored() { return record }
    let total = plan.units.count
    func report(_ done: Int, _ note: String) {
      events(
        .progress(
          label: "ladder of \(plan.experiment.name)", done: done, total: total, note: note,
          fraction: Double(done) / Double(max(1, total)), secondsLeft: nil))
    }
    let record = try await LadderRun(plan, on: model, judge: judge, version: Version.text).record {
      unit, done in report(done, "\(unit.condition.rawValue), \(unit.probe.name)")
    }
    report(total, "")
    try Storage.makeFolder(file.deletingLastPathComponent())
    try Storage.write(try record.data(), to: file)
    events(.ended)
    return record
  }

  /// What follows for the experiment.
  package func results(_ record: LadderRecord) throws -> [RunSummary.Ladder] {
    try LadderReading(record, of: plan.experiment).results()
  }

  /// Why a run would be spent in vain; nil where its primary probe reads the model.
  package func obstacle(_ record: LadderRecord) throws -> String? {
    guard let primary = plan.experiment.contrasts.first(where: \.primary),
      let ladder = try results(record).first(where: { $0.probe == primary.probe }),
      ladder.reads == false
    else { return nil }
    return ladder.reason ?? "no reason"
  }
}
