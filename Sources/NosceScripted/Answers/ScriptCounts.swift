import Synchronization

/// What a script has done so far in this process: how often it failed, and how much it has said.
final class ScriptCounts: Sendable {
  private struct Place: Hashable {
    var index: Int
    var name: String
  }

  private struct Counts {
    var breakdowns: [Place: Int] = [:]
    var silences: [Place: Int] = [:]
    var replies: [String: Int] = [:]
    var draws: UInt64 = 0
  }

  private let counts = Mutex(Counts())

  /// Whether the training of a cell fails at a step, which then counts.
  func breaksDown(_ cell: String, at step: Int, _ training: ScriptedTraining) -> Bool {
    counts.withLock { counts in
      for (index, breakdown) in training.breakdowns.enumerated()
      where breakdown.step == step && breakdown.cells.fits(cell) {
        let place = Place(index: index, name: cell)
        if counts.breakdowns[place, default: 0] < breakdown.times {
          counts.breakdowns[place, default: 0] += 1
          return true
        }
      }
      return false
    }
  }

  /// Whether a subject falls silent before its next reply, which then counts; otherwise the reply
  /// does.
  func fallsSilent(_ adapter: String, _ asking: ScriptedAsking) -> Bool {
    counts.withLock { counts in
      let replies = counts.replies[adapter, default: 0]
      for (index, silence) in asking.silences.enumerated()
      where silence.adapters.fits(adapter) && silence.replies <= replies {
        let place = Place(index: index, name: adapter)
        if counts.silences[place, default: 0] < silence.times {
          counts.silences[place, default: 0] += 1
          return true
        }
      }
      counts.replies[adapter] = replies + 1
      return false
    }
  }

  /// Another number each time.
  func nextDraw() -> UInt64 {
    counts.withLock { counts in
      counts.draws += 1
      return counts.draws
    }
  }
}
