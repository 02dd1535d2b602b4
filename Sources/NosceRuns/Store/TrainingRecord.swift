/// What training one subject came to, or making its adapter of another one's, which has no losses.
package struct TrainingRecord: Codable, Sendable, Hashable {
  package var cell: String
  package var losses: [Double]
  /// Nil where the trainer does not measure it.
  package var largestLogitChange: Double?
  package var seconds: Double
  /// The name under which the adapter is served; nil where it lies in the run folder.
  package var served: String?

  package init(
    cell: String, losses: [Double], largestLogitChange: Double?, seconds: Double,
    served: String? = nil
  ) {
    self.cell = cell
    self.losses = losses
    self.largestLogitChange = largestLogitChange
    self.seconds = seconds
    self.served = served
  }
}
