/// A stage of a run.
package enum RunStage: String, Codable, Sendable, CaseIterable {
  case train, gate, ask
}

/// How far a run has come.
package struct RunProgress: Sendable, Hashable {
  package var stage: RunStage
  /// What is being done, such as `treatment-HELLO-s1`.
  package var detail: String
  package var subjectsDone: Int
  package var subjects: Int
  /// Subjects that ended before all of them was measured.
  package var failed: Int
  package var unitsDone: Int
  package var units: Int
  /// The part of the work that is done, from 0 to 1.
  package var fraction: Double
  /// Nil until there is something to judge by.
  package var secondsLeft: Double?
}
