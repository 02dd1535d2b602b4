import Foundation
import NosceExperiment
import NoscePorts
import NosceRuns
import NosceStatistics
import NosceStudy
import NosceVerdicts

/// What earlier runs say of how the untrained model varies from host to host.
package enum KnownBase {
  /// So many of the newest runs are looked at.
  private static let looked = 12
  /// Fewer hosts have no spread worth a number.
  private static let fewestHosts = 3

  /// Base's spread on each probe that a run under the folder has put to the same model in the same
  /// words; the newest such run counts. A run that cannot be read is passed over: the plan is as right
  /// without it.
  package static func spreads(for plan: Plan, under folder: URL) async -> BaseSpreads {
    let runs = ((try? RunFinder.runs(under: folder)) ?? []).compactMap { run in
      RunFinder.provenance(of: run).map { (run, $0) }
    }.filter { $0.1.hashes["model"] == plan.model.contentHash }
      .sorted { $0.1.started > $1.1.started }.prefix(looked)
    let asked = questions(of: plan)
    if asked.isEmpty { return BaseSpreads() }
    for (run, _) in runs {
      guard let folder = try? RunFolder.read(run),
        !asked.isDisjoint(with: questions(of: folder.plan)),
        let record = try? await RunRecord(folder)
      else { continue }
      let known = asked.intersection(questions(of: folder.plan))
      let spreads = spreads(record, probes: Set(known.map(\.probe)))
      if !spreads.isEmpty { return BaseSpreads(byProbe: spreads, source: run.lastPathComponent) }
    }
    return BaseSpreads()
  }

  private struct Question: Hashable {
    var probe: String
    var seed: Int
    var contentHash: String
  }

  /// What base is asked, as hashes.
  private static func questions(of plan: Plan) -> Set<Question> {
    Set(
      plan.cells.filter { $0.isMain && $0.isBase }.flatMap { cell in
        cell.units.map {
          Question(probe: $0.probe, seed: cell.seed, contentHash: $0.contentHash)
        }
      })
  }

  private static func spreads(_ record: RunRecord, probes: Set<String>) -> [String: Double] {
    let scores = ScoreTable(record)
    let experiment = record.plan.experiment
    guard let base = experiment.arms.first(where: { !$0.isTrained }) else { return [:] }
    var spreads: [String: Double] = [:]
    for probe in experiment.probes {
      let parts = probe.difference.map { [$0.of, $0.minus] } ?? [probe.name]
      guard parts.allSatisfy(probes.contains) else { continue }
      let values = scores.blocks(arm: base.name, probe: probe.name).values.map(\.value)
      if values.count >= fewestHosts, let deviation = try? Spread.deviation(of: values) {
        spreads[probe.name] = deviation
      }
    }
    return spreads
  }
}
