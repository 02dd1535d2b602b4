import NosceCore
import NoscePorts

/// A model that does what a script says, so that every way through the lab can be gone without one
/// that computes.
package struct ScriptedModel: ModelProvider {
  package let script: Script
  package let trainer: (any Trainer)?
  private let counts = ScriptCounts()

  package init(_ script: Script) {
    self.script = script
    trainer = script.training.isPossible ? ScriptedTrainer(script, counts: counts) : nil
  }

  package var identity: ModelIdentity {
    let count = script.rules.count
    return ModelIdentity(
      name: script.name,
      summary: "a script of \(count) \(count == 1 ? "rule" : "rules"), and no model",
      note: "Its answers are written in a script. They are no evidence about any model.",
      contentHash: script.contentHash)
  }

  package var capabilities: Capabilities { script.capabilities }
  package var lanes: Int { script.lanes }
  package var precision: String { "none" }

  package func open(_ adapter: AdapterReference?) async throws -> any Subject {
    let opened: ScriptedAdapter
    switch adapter {
    case nil: opened = .base
    case .folder(let folder)? where capabilities.adapters:
      opened = try ScriptedAdapter.read(from: folder)
    case .folder?:
      throw LabError(
        .backend, "\(script.name): found an adapter; allowed: none, by its capabilities")
    case .served(let name)?:
      throw LabError(
        .backend, "\(script.name): found a served adapter, \(name); allowed: a folder")
    }
    return ScriptedSubject(script, adapter: opened, counts: counts)
  }

  /// A changed adapter has the steps of the one that it is made of and a name of its own, and the rules
  /// say what it does.
  package func derive(_ derivation: AdapterDerivation) async throws -> TrainingResult {
    guard capabilities.derives, case .folder(let folder) = derivation.source else {
      throw LabError(
        .backend,
        "\(script.name): found an adapter to be made of another one; allowed: of one in a folder, "
          + "where its capabilities say so")
    }
    let source = try ScriptedAdapter.read(from: folder)
    try ScriptedAdapter(name: derivation.name, steps: source.steps).write(to: derivation.directory)
    return TrainingResult(
      adapter: .folder(derivation.directory),
      largestLogitChange: script.training.logitChange.map { $0 * derivation.change.scale })
  }

  /// Known without measuring: only pauses take time.
  package func forecast(
    _ sample: WorkSample, within limit: Duration
  ) async throws -> ResourceForecast {
    let rows = sample.training.map { min($0.settings.batchRows ?? $0.rows.count, $0.rows.count) }
    let texts = sample.scoring.map(\.request.texts.count).max()
    let pause = script.asking.secondsPerReply
    return ResourceForecast(
      rates: WorkRates(
        perSubject: 0.01,
        perTrainingRow: script.training.secondsPerStep / Double(max(1, rows ?? 1)) + 1e-6,
        perSampledAnswer: pause + 1e-5, perScoredAnswer: pause / Double(max(1, texts ?? 1)) + 1e-5))
  }
}
