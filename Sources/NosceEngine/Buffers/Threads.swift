import Dispatch
import Synchronization

/// Runs `work` for 0..<count on at most `threads` threads, and throws the error of the lowest number
/// that had one.
func tryOnThreads(
  _ threads: Int, count: Int, _ work: (Int) throws -> Void
) throws {
  var failures = [(any Error)?](repeating: nil, count: count)
  failures.withUnsafeMutableBufferPointer { failures in
    onThreads(threads, count: count) { index in
      do { try work(index) } catch { failures[index] = error }
    }
  }
  if let failure = failures.lazy.compactMap(\.self).first { throw failure }
}

/// Runs `work` for 0..<count on at most `threads` threads, each taking the next number when it is
/// free. Which thread does what has no influence on any result: each number owns its memory.
func onThreads(_ threads: Int, count: Int, _ work: (Int) -> Void) {
  let workers = min(threads, count)
  guard workers > 1 else {
    for index in 0..<count { work(index) }
    return
  }
  let next = Atomic<Int>(0)
  withoutActuallyEscaping(work) { work in
    // Safe because the call returns when all threads are done, and because each index is worked on
    // by one thread, which alone touches that index's memory.
    nonisolated(unsafe) let work = work
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        if index >= count { return }
        work(index)
      }
    }
  }
}
