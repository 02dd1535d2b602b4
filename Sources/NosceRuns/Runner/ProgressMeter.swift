import Synchronization

/// Turns what subjects report into events with the time that is left.
final class ProgressMeter: Sendable {
  private struct State {
    var subjectsDone: Int
    var unitsDone: Int
    var workDone = 0.0
    var failed = 0
    /// What the subjects in training have done of theirs.
    var training: [String: Double] = [:]
  }

  private let subjects: Int
  private let units: Int
  private let workLeft: Double
  private let start = ContinuousClock.now
  private let state: Mutex<State>
  private let report: @Sendable (RunProgress) -> Void

  init(
    subjects: Int, subjectsDone: Int, units: Int, unitsDone: Int, workLeft: Double,
    report: @escaping @Sendable (RunProgress) -> Void
  ) {
    self.subjects = subjects
    self.units = units
    self.workLeft = workLeft
    self.report = report
    state = Mutex(State(subjectsDone: subjectsDone, unitsDone: unitsDone))
  }

  func trained(_ cell: String, part: Double, of work: Double) {
    update(.train, cell) { state in
      if part < 1 {
        state.training[cell] = part * work
      } else {
        state.training[cell] = nil
        state.workDone += work
      }
    }
  }

  func asked(_ cell: String, isGate: Bool, work: Double) {
    update(isGate ? .gate : .ask, cell) { state in
      state.unitsDone += 1
      state.workDone += work
    }
  }

  func failed(_ cell: String) {
    update(.ask, cell) { state in
      state.failed += 1
      state.training[cell] = nil
    }
  }

  func finished(_ cell: String) {
    update(.ask, cell) { $0.subjectsDone += 1 }
  }

  private var elapsed: Double { (ContinuousClock.now - start) / .seconds(1) }

  private func update(_ stage: RunStage, _ detail: String, _ change: (inout State) -> Void) {
    let progress = state.withLock { state in
      change(&state)
      let done = state.workDone + state.training.values.reduce(0, +)
      let fraction = workLeft > 0 ? min(1, done / workLeft) : 1
      let left = fraction > 0.01 ? elapsed * (1 - fraction) / fraction : nil
      return RunProgress(
        stage: stage, detail: detail, subjectsDone: state.subjectsDone, subjects: subjects,
        failed: state.failed, unitsDone: state.unitsDone, units: units, fraction: fraction,
        secondsLeft: left)
    }
    report(progress)
  }
}
