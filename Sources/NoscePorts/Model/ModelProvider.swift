import NosceCore

/// Where a model comes from: the engine in this process, an endpoint, a script.
///
/// What it is and what it can do is known before a plan is made; nothing is discovered half way.
/// The lab imports no kernel: whatever computes is behind this port.
package protocol ModelProvider: Sendable {
  var identity: ModelIdentity { get }
  var capabilities: Capabilities { get }
  /// How many subjects are trained and asked at the same time.
  var lanes: Int { get }
  /// What numbers are computed in, as provenance shows it.
  var precision: String { get }
  /// Fine-tunes the model; nil where nothing does.
  var trainer: (any Trainer)? { get }

  /// The untrained model, or the model with an adapter.
  func open(_ adapter: AdapterReference?) async throws -> any Subject

  /// Makes an adapter of a trained one, by arithmetic alone; asked only where ``Capabilities/derives``
  /// says that it can.
  func derive(_ derivation: AdapterDerivation) async throws -> TrainingResult

  /// What the work will take here, measured on a small part of it.
  ///
  /// - Parameter limit: how long that may take, but for one thing that is begun: what is too large to
  ///   be measured in it is estimated.
  func forecast(_ sample: WorkSample, within limit: Duration) async throws -> ResourceForecast

  /// Throws where a question is longer than the model's context, or has a text that its tokenizer cannot
  /// write, as far as either is known before it is asked.
  func checkFits(_ questions: [WorkSample.Question]) throws

  /// Waits until nothing is computed any longer that was asked for and given up.
  func settle() async

  /// What a reader should know of how it has answered so far, in sentences.
  func remarks() async throws -> [String]
}

extension ModelProvider {
  package func settle() async {}

  package func checkFits(_ questions: [WorkSample.Question]) throws {}

  package func remarks() async throws -> [String] { [] }

  package func derive(_ derivation: AdapterDerivation) async throws -> TrainingResult {
    throw LabError(
      .refusedDesign,
      "\(derivation.name): found an adapter to be made of another one, which \(identity.name) cannot; "
        + "allowed: a model of files on this machine, or a script")
  }

  package func forecast(
    _ sample: WorkSample, within limit: Duration
  ) async throws -> ResourceForecast {
    ResourceForecast()
  }
}
