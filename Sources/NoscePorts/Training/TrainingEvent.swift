/// The name of a job with its trainer.
package struct JobID: Sendable, Hashable {
  package var text: String

  package init(_ text: String) { self.text = text }
}

/// How a job stands.
package enum TrainingState: String, Sendable, Codable, CaseIterable {
  case queued, running, succeeded, failed, cancelled
}

/// How far one fine-tuning has come.
package struct TrainingProgress: Sendable, Hashable {
  /// Counted from 1.
  package var step: Int
  package var totalSteps: Int
  package var loss: Double

  package init(step: Int, totalSteps: Int, loss: Double) {
    self.step = step
    self.totalSteps = totalSteps
    self.loss = loss
  }
}

/// What a fine-tuning yields.
package struct TrainingResult: Sendable, Hashable {
  package var adapter: AdapterReference
  /// The largest change of any logit that the adapter makes on a fixed input: zero means dead, nil
  /// that the trainer does not measure it.
  package var largestLogitChange: Double?

  package init(adapter: AdapterReference, largestLogitChange: Double?) {
    self.adapter = adapter
    self.largestLogitChange = largestLogitChange
  }
}

/// Something that a trainer has to say about a job.
package enum TrainingEvent: Sendable, Hashable {
  case state(TrainingState)
  case progress(TrainingProgress)
  /// A copy of the subject after a step, kept where it can be opened later.
  case snapshot(step: Int, AdapterReference)
  /// The last event of a job that succeeds.
  case finished(TrainingResult)
}
