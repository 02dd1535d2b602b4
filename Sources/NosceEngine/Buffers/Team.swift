import CNosceKernels
import Foundation
import Synchronization

/// Threads that share out the work of one pass, operation by operation.
///
/// The caller is the first member. An operation is handed over in well under a microsecond, because
/// the others wait for it awake; they fall asleep when nothing comes for a while. Which member does
/// what has no influence on any result: each part of an operation owns what it writes.
///
/// One thread at a time may call `split`.
final class Team {
  let size: Int
  private let board: Board?

  init(size: Int) {
    self.size = max(1, size)
    guard size > 1 else {
      board = nil
      return
    }
    let board = Board(members: size)
    self.board = board
    for member in 1..<size {
      let thread = Thread { board.serve(member) }
      thread.name = "nosce team \(member)"
      thread.start()
    }
  }

  deinit { board?.dismiss() }

  /// Calls `body` for consecutive ranges that make up 0..<count, one for each member. Small
  /// operations are the caller's alone.
  func split(_ count: Int, isSmall: Bool = false, _ body: (Range<Int>) -> Void) {
    share(count, isSmall: isSmall) { range, _ in body(range) }
  }

  /// The same, telling `body` which member it runs on.
  func share(_ count: Int, isSmall: Bool = false, _ body: (Range<Int>, Int) -> Void) {
    guard let board, !isSmall, count > 1 else {
      if count > 0 { body(0..<count, 0) }
      return
    }
    let size = size
    board.run { member in
      let range = count * member / size..<count * (member + 1) / size
      if !range.isEmpty { body(range, member) }
    }
  }
}

/// Where the leader of a team puts its work and the others find it.
///
/// `@unchecked Sendable`: `work` is written by the leader before it raises `round`, and read by
/// members after they have seen `round` raised (release and acquire); the leader does not write it
/// again before every member has lowered `left`.
private final class Board: @unchecked Sendable {
  private let members: Int
  private let round = Atomic<Int>(0)
  private let left = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let isOver = Atomic<Bool>(false)
  private let condition = NSCondition()
  private var work: ((Int) -> Void)?

  /// About a quarter of a millisecond: longer than the gaps within a pass.
  private static let patience = 20_000

  init(members: Int) { self.members = members }

  func run(_ body: (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      work = body
      left.store(members - 1, ordering: .relaxed)
      announce()
      body(0)
      var spins = 0
      while left.load(ordering: .acquiring) != 0 {
        spins += 1
        if spins < Self.patience { nosce_pause() } else { sched_yield() }
      }
      work = nil
    }
  }

  func dismiss() {
    isOver.store(true, ordering: .releasing)
    announce()
  }

  private func announce() {
    round.add(1, ordering: .sequentiallyConsistent)
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    condition.lock()
    condition.broadcast()
    condition.unlock()
  }

  /// The life of a member.
  func serve(_ member: Int) {
    var seen = 0
    while true {
      var spins = 0
      while round.load(ordering: .acquiring) == seen {
        spins += 1
        if spins < Self.patience { nosce_pause() } else { sleep(until: seen) }
      }
      seen += 1
      if isOver.load(ordering: .acquiring) { return }
      work?(member)
      left.subtract(1, ordering: .releasing)
    }
  }

  private func sleep(until seen: Int) {
    condition.lock()
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while round.load(ordering: .sequentiallyConsistent) == seen { condition.wait() }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    condition.unlock()
  }
}
