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
  private let last = Mutex(0)

  init(steps: Int, log: ProgramLog) {
    self.steps = steps
    self.log = log
  }

  func progress(_ line: String, isWhole: Bool) -> TrainingProgress? {
    guard isWhole, line.hasPrefix("{"), let object = (try? JSON(parsing: line))?.object,
      let step = object["step"]?.integer, let loss = object["loss"]?.number
    else {
      log.add(line)
      return nil
    }
    return last.withLock { last in
      guard step > last, step <= steps, loss.isFinite else { return nil }
      last = step
      return TrainingProgress(step: step, totalSteps: steps, loss: loss)
    }
  }
}
