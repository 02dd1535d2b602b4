import CNosceKernels
import Foundation
import Synchronization

/// Threads that share out the work of one pass, operation by operation.
///
/// The caller is the first member. An operation is cut into pieces that members take as they are
/// free, so that one that the system has put aside holds up nobody; the others wait for work awake
/// and fall asleep when none comes for a while. Which member does what has no influence on any
/// result: each piece owns what it writes.
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
    let board = Board()
    self.board = board
    for member in 1..<size {
      let thread = Thread { board.serve(member) }
      thread.name = "nosce team \(member)"
      thread.start()
    }
  }

  deinit { board?.dismiss() }

  /// Calls `body` for consecutive ranges that make up 0..<count. Small operations are the caller's
  /// alone.
  func split(_ count: Int, isSmall: Bool = false, _ body: (Range<Int>) -> Void) {
    share(count, isSmall: isSmall) { range, _ in body(range) }
  }

  /// The same, telling `body` which member it runs on.
  func share(_ count: Int, isSmall: Bool = false, _ body: (Range<Int>, Int) -> Void) {
    guard let board, !isSmall, count > 1 else {
      if count > 0 { body(0..<count, 0) }
      return
    }
    let pieces = min(count, 4 * size)
    board.run(pieces) { piece, member in
      body(count * piece / pieces..<count * (piece + 1) / pieces, member)
    }
  }
}

/// Where the leader of a team puts its work and the others find it.
///
/// `@unchecked Sendable`: `work` is written by the leader before it stores `offer`, and read by a
/// member only after it has taken a piece of that offer (release and acquire); the leader writes it
/// again only when every piece is done. A member that comes late cannot take a piece of an older
/// offer, since each has a number of its own.
private final class Board: @unchecked Sendable {
  /// The number of the offer, how many pieces it has, and how many of them are taken.
  private let offer = Atomic<UInt64>(0)
  private let done = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let isOver = Atomic<Bool>(false)
  private let condition = NSCondition()
  private var work: ((Int, Int) -> Void)?
  private var number: UInt64 = 0

  /// About a quarter of a millisecond: longer than the gaps within a pass.
  private static let patience = 20_000

  func run(_ pieces: Int, _ body: (Int, Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      work = body
      done.store(0, ordering: .relaxed)
      number = (number + 1) & 0xFFFF_FFFF
      offer.store(number << 32 | UInt64(pieces) << 16, ordering: .sequentiallyConsistent)
      wake()
      while takePiece(member: 0) {}
      var spins = 0
      while done.load(ordering: .acquiring) < pieces {
        spins += 1
        if spins < Self.patience { nosce_pause() } else { sched_yield() }
      }
      work = nil
    }
  }

  func dismiss() {
    isOver.store(true, ordering: .sequentiallyConsistent)
    wake()
  }

  private func wake() {
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    condition.lock()
    condition.broadcast()
    condition.unlock()
  }

  private static func hasPieces(_ offer: UInt64) -> Bool {
    offer & 0xFFFF < offer >> 16 & 0xFFFF
  }

  /// Does one piece of the present offer; false when none is left.
  private func takePiece(member: Int) -> Bool {
    var seen = offer.load(ordering: .acquiring)
    while Self.hasPieces(seen) {
      let (taken, found) = offer.compareExchange(
        expected: seen, desired: seen + 1, ordering: .acquiringAndReleasing)
      if taken {
        work?(Int(seen & 0xFFFF), member)
        done.add(1, ordering: .releasing)
        return true
      }
      seen = found
    }
    return false
  }

  /// The life of a member.
  func serve(_ member: Int) {
    var spins = 0
    while !isOver.load(ordering: .acquiring) {
      if takePiece(member: member) {
        spins = 0
      } else if spins < Self.patience {
        spins += 1
        nosce_pause()
      } else {
        sleep()
        spins = 0
      }
    }
  }

  private func sleep() {
    condition.lock()
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while !Self.hasPieces(offer.load(ordering: .sequentiallyConsistent)),
      !isOver.load(ordering: .sequentiallyConsistent)
    {
      condition.wait()
    }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    condition.unlock()
  }
}
