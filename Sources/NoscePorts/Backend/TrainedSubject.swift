/// What a fine-tuning yields.
package struct TrainedSubject: Sendable {
  package var subject: any Subject
  package var losses: [Double]
  /// The largest change of any logit that the adapter makes on a fixed input: zero means dead.
  package var largestLogitChange: Double
  package var snapshots: [Int: any Subject]

  package init(
    subject: any Subject, losses: [Double], largestLogitChange: Double,
    snapshots: [Int: any Subject] = [:]
  ) {
    self.subject = subject
    self.losses = losses
    self.largestLogitChange = largestLogitChange
    self.snapshots = snapshots
  }
}
