import Foundation

/// A base model that can be asked and fine-tuned.
///
/// The lab imports no kernel: whatever computes is behind this seam.
package protocol Backend: Sendable {
  /// The name that experiment files use for training overrides, such as `organism`.
  var name: String { get }
  /// One line about the model.
  var summary: String { get }
  /// What a reader must know before believing a result about this model.
  var note: String? { get }
  /// Changes whenever the base model does.
  var contentHash: String { get }
  /// How many subjects are trained and asked at the same time.
  var parallelCells: Int { get }

  /// The untrained model.
  func base() async throws -> any Subject

  /// Fine-tunes the base model and writes the adapter atomically to the job's directory.
  func train(
    _ job: TrainingJob, progress: @escaping @Sendable (TrainingProgress) -> Void
  ) async throws -> TrainedSubject

  /// The base model with an adapter that an earlier job wrote.
  func restore(adapter: URL) async throws -> any Subject

  /// What the work will take here, measured on a small part of it.
  func forecast(_ sample: WorkSample) async throws -> ResourceForecast
}

extension Backend {
  package func forecast(_ sample: WorkSample) async throws -> ResourceForecast {
    ResourceForecast()
  }
}
