import NosceRuns

/// What a use-case reports while it goes on: shown by whoever called it, or not at all.
package enum AppEvent: Sendable {
  /// How far a stage has come; a new label begins a new stage.
  case progress(
    label: String, done: Int, total: Int, note: String, fraction: Double? = nil,
    secondsLeft: Double? = nil)
  /// The stage is over.
  case ended
  /// Something that a person should read.
  case message(String)

  /// How far a run has come.
  static func progress(_ label: String, _ now: RunProgress) -> AppEvent {
    let failed = now.failed > 0 ? ", \(now.failed) failed" : ""
    return .progress(
      label: label, done: now.subjectsDone, total: now.subjects,
      note: "\(now.stage.rawValue) \(now.detail)\(failed)", fraction: now.fraction,
      secondsLeft: now.secondsLeft)
  }
}

/// Takes the events of a use-case, in their order and from any thread.
package typealias AppEvents = @Sendable (AppEvent) -> Void
