import Foundation
import NosceCore
import NosceExperiment
import NosceFiles
import NoscePorts
import NosceRows
import NosceRuns
import NosceWriting

/// A plan as it can be seen before its model has written the rows that it is to write itself, and which
/// of them are missing.
package struct RowOutline: Sendable {
  /// Where rows are missing, others stand in their place: what would be done is right, and how it is
  /// hashed is not.
  package let plan: Plan
  package let materials: Materials
  /// Every pool that the plan draws from, and how many of its rows.
  package let pools: [(pool: RowPool, count: Int)]
  package let missing: [RowWork]
  private let model: any ModelProvider
  package let folder: RowFolder

  package init(
    _ request: ExperimentRequest, on model: any ModelProvider, judge: (any ModelProvider)? = nil
  ) throws {
    let loaded = try request.load()
    let needs = RowNeeds(request.rowFolder(of: model))
    plan = try request.plan(of: loaded, on: model, judge: judge, written: needs)
    materials = loaded.materials
    pools = needs.pools
    missing = try needs.missing()
    self.model = model
    folder = request.rowFolder(of: model)
  }

  /// What a plan needs that was made elsewhere.
  init(
    plan: Plan, materials: Materials, needs: RowNeeds, model: any ModelProvider,
    in folder: RowFolder
  ) throws {
    self.plan = plan
    self.materials = materials
    pools = needs.pools
    missing = try needs.missing()
    self.model = model
    self.folder = folder
  }

  /// Whether an experiment has rows of this kind at all; most have none, and need no second plan.
  package static func isNeeded(_ request: ExperimentRequest) throws -> Bool {
    try request.load().experiment.arms.contains { $0.rows.contains(where: \.isSelfWritten) }
  }

  /// How long the missing rows will take here.
  package func seconds(within limit: Duration) async throws -> Double {
    if missing.isEmpty { return 0 }
    let forecast = try await model.forecast(try sample(), within: limit)
    try forecast.checkCost()
    // Elsewhere a request takes its time, however many texts it is about.
    if let bill = forecast.bill { return Double(bill.requests) * forecast.rates.perScoredAnswer }
    return missing.reduce(0) { seconds, work in
      let each =
        switch work.pool.answers {
        case .lines: forecast.rates.perSampledAnswer
        case .likeliest(let options, _):
          Double(options.count) * forecast.rates.perScoredAnswer
        }
      return seconds + Double(work.missing) * each
    }
  }

  /// Tokens of a line as models write them, for want of a better guess.
  private static let tokensPerLine = 16

  /// As many rows of the first pool of each kind as are written side by side.
  private func sample() throws -> WorkSample {
    var sample = WorkSample()
    for work in missing {
      switch work.pool.answers {
      case .lines where sample.sampling.isEmpty:
        var requests = try RowWriter.requests(work).compactMap { request in
          if case .sample(let request) = request { request } else { nil }
        }
        for place in requests.indices {
          requests[place].maximumTokens =
            Self.tokensPerLine * (requests[place].starts?.lines.count ?? 1)
        }
        let answers = missing.reduce(0) { $0 + ($1.pool.isLines ? $1.missing : 0) }
        sample.sampling = [.init(answers: answers, requests: requests)]
      case .likeliest where sample.scoring.isEmpty:
        guard case .score(let request)? = try RowWriter.requests(work).first else { continue }
        let prompts = missing.reduce(0) { $0 + ($1.pool.isLines ? 0 : $1.missing) }
        sample.scoring = [.init(prompts: prompts, request: request)]
      case .lines, .likeliest: continue
      }
    }
    return sample
  }

  /// Has the model write what is missing. A cancelled task ends it; whole rows are kept.
  package func write(_ events: @escaping AppEvents) async throws {
    guard !missing.isEmpty else { return }
    try plan.checkMeasurable()
    let rows = Counted.text(missing.missing, "row")
    events(
      .message(
        "\(model.identity.name) writes \(rows) itself before it is trained (\(missing.words)): "
          + "\(StageOutline.time(try await seconds(within: .seconds(15)))). They are kept in \(folder.url.relativePath)."
      )
    )
    let total = missing.missing
    do {
      try await RowWriter(try await model.open(nil), folder).write(missing) { work, done in
        events(
          .progress(
            label: "rows", done: done, total: total, note: work.pool.name,
            fraction: Double(done) / Double(total)))
      }
    } catch {
      await model.settle()
      throw error
    }
    events(.ended)
  }
}
