import NosceCore
import NoscePorts

/// A model that is asked as ever and fine-tuned by another program.
///
/// What the program takes is not measured: forecasts are those of the model's own trainer.
package struct TrainedElsewhere: ModelProvider {
  private let base: any ModelProvider
  private let tuning: any Trainer

  package init(_ base: any ModelProvider, by trainer: any Trainer) {
    self.base = base
    tuning = trainer
  }

  private var external: ExternalTrainer? { tuning as? ExternalTrainer }

  package var identity: ModelIdentity { base.identity }
  package var capabilities: Capabilities { base.capabilities }
  /// As many subjects as ever are asked at the same time; how many programs train is the trainer's own
  /// matter.
  package var lanes: Int { base.lanes }
  package var precision: String { base.precision }
  package var trainer: (any Trainer)? { tuning }

  package func open(_ adapter: AdapterReference?) async throws -> any Subject {
    try await base.open(adapter)
  }

  package func derive(_ derivation: AdapterDerivation) async throws -> TrainingResult {
    try await base.derive(derivation)
  }

  package func forecast(
    _ sample: WorkSample, within limit: Duration
  ) async throws -> ResourceForecast {
    try await base.forecast(sample, within: limit)
  }

  package func checkFits(_ questions: [WorkSample.Question]) throws {
    try base.checkFits(questions)
  }

  package func settle() async {
    await external?.settle()
    await base.settle()
  }

  package func remarks() async throws -> [String] {
    try await base.remarks() + (external?.remarks() ?? [])
  }
}
