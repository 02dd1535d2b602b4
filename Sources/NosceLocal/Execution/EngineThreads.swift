import Foundation
import Synchronization

/// Threads on which the engine works, apart from those that Swift runs all other tasks on.
///
/// A kernel occupies its thread for as long as it takes. On Swift's own threads, of which there are
/// as many as cores, progress, signals and the store would wait behind it.
final class EngineThreads: TaskExecutor {
  /// The jobs that wait, shared with the threads.
  ///
  /// `@unchecked`: every access to the stored properties is between `lock` and `unlock` of the
  /// condition.
  private final class Queue: @unchecked Sendable {
    private let condition = NSCondition()
    private var waiting: [UnownedJob] = []
    private var isClosed = false

    func append(_ job: UnownedJob) {
      condition.lock()
      waiting.append(job)
      condition.signal()
      condition.unlock()
    }

    /// The next job, once there is one; nil when there will be none.
    func next() -> UnownedJob? {
      condition.lock()
      defer { condition.unlock() }
      while waiting.isEmpty {
        if isClosed { return nil }
        condition.wait()
      }
      return waiting.removeFirst()
    }

    func close() {
      condition.lock()
      isClosed = true
      condition.broadcast()
      condition.unlock()
    }
  }

  /// How many bodies run, and who waits until none does.
  private struct Work {
    var running = 0
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let queue = Queue()
  private let work = Mutex(Work())

  init(count: Int) {
    for number in 1...max(1, count) {
      let queue = queue
      // The threads know the executor by its address alone, for they must not keep it alive; every
      // job that they run does.
      let executor = asUnownedTaskExecutor()
      let thread = Thread {
        while let job = queue.next() { job.runSynchronously(on: executor) }
      }
      thread.name = "engine-\(number)"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  deinit { queue.close() }

  func enqueue(_ job: consuming ExecutorJob) {
    queue.append(UnownedJob(job))
  }

  /// Elements that a body makes on these threads. Where nobody reads them any longer, the body's task
  /// is cancelled.
  func stream<Element: Sendable>(
    _ body:
      @escaping @Sendable (AsyncThrowingStream<Element, any Error>.Continuation) async throws
      -> Void
  ) -> AsyncThrowingStream<Element, any Error> {
    let (stream, continuation) = AsyncThrowingStream<Element, any Error>.makeStream()
    work.withLock { $0.running += 1 }
    let task = Task(executorPreference: self) {
      let result: Result<Void, any Error>
      do {
        result = .success(try await body(continuation))
      } catch {
        result = .failure(error)
      }
      // Before anybody hears that it has ended.
      self.ended()
      switch result {
      case .success: continuation.finish()
      case .failure(let error): continuation.finish(throwing: error)
      }
    }
    continuation.onTermination = { _ in task.cancel() }
    return stream
  }

  private func ended() {
    let waiting = work.withLock { work -> [CheckedContinuation<Void, Never>] in
      work.running -= 1
      if work.running > 0 { return [] }
      defer { work.waiting = [] }
      return work.waiting
    }
    for waiter in waiting { waiter.resume() }
  }

  /// Waits until no body runs, those included that nobody reads any longer. A program that ends while
  /// a kernel computes takes the kernel's memory away under it.
  func settle() async {
    await withCheckedContinuation { waiter in
      let isIdle = work.withLock { work in
        if work.running > 0 { work.waiting.append(waiter) }
        return work.running == 0
      }
      if isIdle { waiter.resume() }
    }
  }
}
