import Foundation

/// Continues prompts as they come: each joins those that run at their next step, and leaves as it ends.
///
/// What a prompt is continued with does not depend on what else runs. The threads are the loop's own and
/// sleep while there is nothing to do; they end with the loop.
package final class SamplingLoop: Sendable {
  private let model: LanguageModel
  private let waiting: WaitingJobs

  /// - Parameter threads: of a large model they share each product, of a small one each works on
  ///   sequences of its own.
  package init(_ model: LanguageModel, threads: Int) {
    self.model = model
    let workers = model.sharesProducts ? 1 : max(1, threads)
    waiting = WaitingJobs(workers: workers)
    for number in 1...workers {
      let waiting = waiting
      let team = model.sharesProducts ? threads : 1
      let thread = Thread {
        SamplingBatch(model, team: Team(size: team)).serve(waiting)
        waiting.workerEnded()
      }
      thread.name = "sampling-\(number)"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  deinit { waiting.close() }

  /// Gives up all that runs or waits, and waits until nothing is computed any longer.
  package func stop() {
    waiting.close()
    waiting.waitForWorkers()
  }

  /// Begins; the jobs' listeners hear the rest.
  package func submit(_ jobs: [SamplingJob]) throws {
    for job in jobs { try model.check(job.prompt) }
    waiting.append(jobs)
  }
}

/// The jobs that no batch has taken yet.
///
/// `@unchecked`: every access to the stored properties is between `lock` and `unlock` of the condition.
final class WaitingJobs: @unchecked Sendable {
  private let condition = NSCondition()
  private let workers: Int
  private var jobs: [SamplingJob] = []
  private var isClosed = false
  private var working: Int

  init(workers: Int) {
    self.workers = workers
    working = workers
  }

  func append(_ new: [SamplingJob]) {
    condition.lock()
    if !isClosed { jobs += new }
    condition.broadcast()
    condition.unlock()
  }

  /// Those that join now: a worker's share of what waits, at most `room`. Where none waits, an idle worker
  /// sleeps until one does; nil when there will be none.
  func take(room: Int, isIdle: Bool) -> [SamplingJob]? {
    condition.lock()
    defer { condition.unlock() }
    while jobs.isEmpty, !isClosed {
      if !isIdle { return [] }
      condition.wait()
    }
    if isClosed { return nil }
    let count = min(room, (jobs.count + workers - 1) / workers)
    let taken = Array(jobs.prefix(count))
    jobs.removeFirst(count)
    return taken
  }

  func workerEnded() {
    condition.lock()
    working -= 1
    condition.broadcast()
    condition.unlock()
  }

  func waitForWorkers() {
    condition.lock()
    while working > 0 { condition.wait() }
    condition.unlock()
  }

  func close() {
    condition.lock()
    isClosed = true
    jobs = []
    condition.broadcast()
    condition.unlock()
  }
}
