import NosceEngine

/// One row of the benchmark's table: a workload on a model.
package struct BenchCase: Sendable, Equatable {
  package var workload: Workload
  package var model: BenchModel

  package init(workload: Workload, model: BenchModel) {
    self.workload = workload
    self.model = model
  }

  /// The cases of some workloads on some models, workload by workload. Training every weight of the
  /// larger models, and whole experiments on more than the smallest, are left out.
  package static func all(of workloads: [Workload], on models: [BenchModel]) -> [BenchCase] {
    workloads.flatMap { workload in
      models.filter { isMeasured(workload, on: $0) }.map {
        BenchCase(workload: workload, model: $0)
      }
    }
  }

  private static func isMeasured(_ workload: Workload, on model: BenchModel) -> Bool {
    switch workload {
    case .full: [.tiny, .small].contains(model)
    case .experiment: model == .tiny
    case .lora, .sample, .single, .score: true
    }
  }

  /// How many prompts `score` reads, so that a repetition takes seconds.
  package var items: Int? {
    guard workload == .score else { return nil }
    return [BenchModel.tiny.name: 50, BenchModel.small.name: 25, BenchModel.smol135.name: 10][
      model.name] ?? 3
  }

  /// The least seconds that a repetition can take on the machine.
  ///
  /// - Parameter operations: those that the measurement states; an experiment's are known only then.
  package func floor(_ limits: MachineLimits, operations: Double) -> Double {
    let floor = Floor(model.size, limits)
    let inputs = BenchInputs(for: model)
    switch workload {
    case .lora:
      return floor.adapterStep(
        rows: model.batchRows, length: model.batchLength, rank: inputs.adapterRank)
    case .full:
      return floor.fullStep(
        rows: model.batchRows, length: model.batchLength, isTied: model.isTied)
    case .sample:
      return floor.sampling(prompts: inputs.samplePrompts.map(\.count), count: inputs.newTokens)
    case .single:
      return floor.sampling(prompts: [inputs.singlePrompt.count], count: inputs.newTokens)
    case .score:
      let items = inputs.scoring.prefix(items ?? inputs.scoring.count)
      return floor.scoring(items.map { ($0.prompt.count, $0.candidates.map(\.count)) })
    case .experiment: return floor.seconds(operations: operations)
    }
  }
}
