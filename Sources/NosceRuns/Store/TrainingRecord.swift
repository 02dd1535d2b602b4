/// What training one subject came to.
package struct TrainingRecord: Codable, Sendable, Hashable {
  package var cell: String
  package var losses: [Double]
  package var largestLogitChange: Double
  package var seconds: Double

  package init(cell: String, losses: [Double], largestLogitChange: Double, seconds: Double) {
    self.cell = cell
    self.losses = losses
    self.largestLogitChange = largestLogitChange
    self.seconds = seconds
  }
}
