import NosceCore

/// How far a stage has come, as one line of text.
package struct ProgressLine: Sendable, Equatable {
  package var label: String
  package var done: Int
  package var total: Int
  /// Seconds since the stage began here; a resumed run begins anew.
  package var elapsed: Double
  /// What was done already when the stage began, so that a resumed run does not look too fast.
  package var doneAtStart: Int
  /// A few words about what is being done now, for example a loss.
  package var note: String
  /// The part that is done, from 0 to 1, where it is known better than by `done` of `total`.
  package var fraction: Double?
  /// Seconds that are left, where they are known better than by the pace so far.
  package var estimate: Double?

  package init(
    label: String, done: Int, total: Int, elapsed: Double, doneAtStart: Int = 0, note: String = "",
    fraction: Double? = nil, estimate: Double? = nil
  ) {
    self.label = label
    self.done = done
    self.total = total
    self.elapsed = elapsed
    self.doneAtStart = doneAtStart
    self.note = note
    self.fraction = fraction
    self.estimate = estimate
  }

  /// Seconds that are left at the pace so far, once there is a pace to speak of.
  package var secondsLeft: Double? {
    if let estimate { return estimate }
    let fresh = done - doneAtStart
    guard total > 0, fresh > 0, elapsed >= 1 else { return nil }
    return elapsed / Double(fresh) * Double(max(0, total - done))
  }

  private var share: Double {
    min(max(fraction ?? (total > 0 ? Double(done) / Double(total) : 1), 0), 1)
  }

  /// `train  ████████░░░░░░░░  50%  13/26  18 s left`, no wider than `width`.
  package func bar(width: Int, style: TerminalStyle) -> String {
    let name = ColumnText.pad(ColumnText.clean(label), 8)
    let count = "  " + ColumnText.pad(percent, 4, right: true) + "  \(done)/\(total)"
    let left = secondsLeft.map { "  \(Number.duration($0)) left" } ?? ""
    let words = note.isEmpty ? "" : "  \(ColumnText.clean(note))"
    let fixed = ColumnText.width(name) + 1 + ColumnText.width(count + left)
    let room = width - fixed
    guard room >= 5 else { return ColumnText.truncate(name + count + left, max(1, width)) }
    let barWidth = min(room, 30)
    let full = Int((share * Double(barWidth)).rounded(.down))
    let filled = String(repeating: "█", count: full)
    let empty = String(repeating: "░", count: barWidth - full)
    let rest = ColumnText.truncate(words, room - barWidth)
    return name + " " + style.paint(filled, .green) + style.paint(empty, .dim) + count + left
      + style.paint(rest, .dim)
  }

  /// `train: 13/26 (50%), 18 s left`, for logs and pipes.
  package func plain() -> String {
    let left = secondsLeft.map { ", \(Number.duration($0)) left" } ?? ""
    let words = note.isEmpty ? "" : ", \(ColumnText.clean(note))"
    return "\(ColumnText.clean(label)): \(done)/\(total) (\(percent))\(left)\(words)"
  }

  private var percent: String { "\(Int((share * 100).rounded(.down)))%" }
}
