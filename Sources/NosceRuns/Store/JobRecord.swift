import NoscePorts

/// One fine-tuning that was submitted, and how it stands.
package struct JobRecord: Sendable, Hashable {
  package var cell: String
  /// What its trainer calls it.
  package var name: String
  package var state: TrainingState
  /// ISO 8601, as ``changed``.
  package var submitted: String
  package var changed: String
  /// Why it failed.
  package var detail: String?
}
