import NosceFormats
import NoscePorts
import Synchronization

/// Finds a program's progress among the lines of its standard output: `{"step":1,"loss":0.5}`.
///
/// Steps are counted from 1 and only ever rise, so however much a program says, there are no more events
/// than steps. Every other line goes to the log.
final class ProgressReader: Sendable {
  private let steps: Int
  private let log: ProgramLog
  private let state = Mutex((last: 0, losses: [Int: Double]()))

  init(steps: Int, log: ProgramLog) {
    self.steps = steps
    self.log = log
  }

  /// The losses that were told, by step.
  var losses: [Int: Double] { state.withLock { $0.losses } }

  func progress(_ line: String, isWhole: Bool) -> TrainingProgress? {
    guard isWhole, line.hasPrefix("{"), let object = (try? JSON(parsing: line))?.object,
      let step = object["step"]?.integer, let loss = object["loss"]?.number
    else {
      log.add(line)
      return nil
    }
    return state.withLock { state in
      guard step > state.last, step <= steps, loss.isFinite else { return nil }
      state.last = step
      state.losses[step] = loss
      return TrainingProgress(step: step, totalSteps: steps, loss: loss)
    }
  }
}
