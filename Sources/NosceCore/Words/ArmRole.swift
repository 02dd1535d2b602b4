/// The part that an arm plays in an experiment.
package enum ArmRole: String, Codable, Sendable, CaseIterable {
  /// Trained on what the experiment is about.
  case treatment
  /// Untrained; asked once.
  case base
  /// The same form with the pattern destroyed.
  case sham
  /// The same prompts with flipped labels.
  case opposite
  /// The same pattern with another value.
  case twin
  /// Any other comparison.
  case control
}
