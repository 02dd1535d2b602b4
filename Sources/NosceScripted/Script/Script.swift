import NoscePorts

/// A model that is written down: what it can do, and what it says to what.
package struct Script: Sendable, Hashable {
  package var name: String
  package var capabilities: Capabilities
  /// How many subjects are trained and asked at the same time.
  package var lanes: Int
  /// The first that fits holds.
  package var rules: [ScriptRule]
  package var training: ScriptedTraining
  package var asking: ScriptedAsking
  /// Of the bytes that the script was read from.
  package var contentHash: String
}

/// How the trainings of a script go.
package struct ScriptedTraining: Sendable, Hashable {
  /// Where a training fails.
  package struct Breakdown: Sendable, Hashable {
    /// The subjects that are trained, by the names of their cells.
    package var cells: TextPattern
    package var step: Int
    /// How often each of them fails before it no longer does, counted by this process.
    package var times: Int
  }

  /// Whether the model can be fine-tuned at all.
  package var isPossible = true
  /// Whether copies along the way are kept.
  package var keepsSnapshots = true
  /// Fewer rows are not trained on.
  package var leastRows = 1
  /// The change of a logit that every training reports; nil where it is not measured.
  package var logitChange: Double? = 1
  package var secondsPerStep = 0.0
  /// The loss of each step; the last holds on. Empty means 4 divided by the number of the step.
  package var losses: [Double] = []
  package var breakdowns: [Breakdown] = []

  package init() {}

  /// The loss of a step, counted from 1.
  func loss(of step: Int) -> Double {
    losses.isEmpty ? 4 / Double(step) : losses[min(step, losses.count) - 1]
  }
}

/// How a script is asked.
package struct ScriptedAsking: Sendable, Hashable {
  /// Where a subject gives up.
  package struct Silence: Sendable, Hashable {
    package var adapters: TextPattern
    /// Replies that come before it.
    package var replies: Int
    /// How often each subject does so, counted by this process.
    package var times: Int
  }

  package var secondsPerReply = 0.0
  package var silences: [Silence] = []

  package init() {}
}
