/// Something that turns a base model and rows into an adapter: in this process, or elsewhere.
package protocol Trainer: Sendable {
  /// What it is called where something else than the model itself trains; plans hold it. Nil for the
  /// model's own.
  var name: String? { get }
  /// Whether copies along the way can be kept.
  var keepsSnapshots: Bool { get }
  /// A training on fewer rows is refused.
  var leastRows: Int { get }

  /// Begins a job. An error says that it cannot be begun at all.
  func submit(_ job: TrainingJob) async throws -> JobID

  /// What becomes of a job, from its beginning: to be read once. The stream fails where the job does,
  /// and a job whose stream nobody reads any longer is given up.
  func events(of job: JobID) -> AsyncThrowingStream<TrainingEvent, any Error>
}

extension Trainer {
  package var name: String? { nil }
  package var leastRows: Int { 1 }
}
