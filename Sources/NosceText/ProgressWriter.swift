import NosceCore

/// Writes progress: a bar that redraws itself on a terminal, else a line now and then.
///
/// It writes through a closure and reads the time through one, so that it can be tested and so
/// that it decides nothing about where the text goes (standard error, for the command line).
package actor ProgressWriter {
  package enum Target: Sendable, Equatable {
    case terminal(width: Int, style: TerminalStyle)
    case lines
    case silent
  }

  private struct Stage {
    var label: String
    var began: Double
    var doneAtStart: Int
    var lastWritten: Double?
  }

  private let target: Target
  private let now: @Sendable () -> Double
  private let write: @Sendable (String) -> Void
  private var stage: Stage?
  private var latest: ProgressLine?
  private var barIsShown = false

  /// - Parameters:
  ///   - now: seconds on a clock that never goes back.
  ///   - write: takes text as it is, without adding a line break.
  package init(
    target: Target, now: @escaping @Sendable () -> Double,
    write: @escaping @Sendable (String) -> Void
  ) {
    self.target = target
    self.now = now
    self.write = write
  }

  /// Seconds between plain lines, and between redrawings of a bar.
  private var pause: Double { target == .lines ? 5 : 0.1 }

  /// Tells how far a stage has come. A new label begins a new stage.
  ///
  /// - Parameters:
  ///   - fraction: the part that is done, where it is known better than by `done` of `total`.
  ///   - secondsLeft: where it is known better than by the pace so far.
  package func update(
    _ label: String, done: Int, total: Int, note: String = "", fraction: Double? = nil,
    secondsLeft: Double? = nil
  ) {
    guard target != .silent else { return }
    let time = now()
    if stage?.label != label {
      finish()
      stage = Stage(label: label, began: time, doneAtStart: done)
    }
    guard var stage else { return }
    let line = ProgressLine(
      label: label, done: done, total: total, elapsed: time - stage.began,
      doneAtStart: stage.doneAtStart, note: note, fraction: fraction, estimate: secondsLeft)
    latest = line
    let isDue = stage.lastWritten.map { time - $0 >= pause } ?? (time - stage.began >= pause)
    guard isDue || (done >= total && barIsShown) else { return }
    stage.lastWritten = time
    self.stage = stage
    show(line)
  }

  /// Writes a message on a line of its own, above the bar.
  package func message(_ text: String) {
    clearBar()
    write(text + "\n")
    if let latest, case .terminal = target, stage?.lastWritten != nil { show(latest) }
  }

  /// Ends the stage. A bar is taken away; of a stage that was long enough to be shown, plain
  /// output keeps a last line.
  package func finish() {
    if target == .lines, stage?.lastWritten != nil, let latest {
      let time = Number.duration(now() - (stage?.began ?? 0))
      write("\(ColumnText.clean(latest.label)): \(latest.done)/\(latest.total), took \(time)\n")
    }
    clearBar()
    stage = nil
    latest = nil
  }

  private func show(_ line: ProgressLine) {
    switch target {
    case .terminal(let width, let style):
      write("\r" + line.bar(width: max(1, width - 1), style: style) + "\u{1B}[K")
      barIsShown = true
    case .lines: write(line.plain() + "\n")
    case .silent: break
    }
  }

  private func clearBar() {
    guard barIsShown else { return }
    write("\r\u{1B}[K")
    barIsShown = false
  }
}
