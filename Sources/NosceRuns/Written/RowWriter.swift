import Foundation
import NosceCore
import NoscePorts
import NosceRows

/// Has a model write rows, and keeps each as soon as it can be counted on.
///
/// Some rows are written side by side, since a model takes hardly longer for several than for one. They
/// are kept in their order. A line that two of them have is written again in the later one, so that what
/// is written hangs on nothing but the model, the pool and the rows before; a stop loses the rows that
/// are under way, and the next call writes the very same ones.
package struct RowWriter: Sendable {
  private let subject: any Subject
  private let folder: RowFolder

  /// So many rows are written side by side, always from the same row on.
  private static let width = 128
  /// How often a row is begun again, of which some line came to nothing.
  private static let attempts = 5

  package init(_ subject: any Subject, _ folder: RowFolder) {
    self.subject = subject
    self.folder = folder
  }

  /// Writes what is missing.
  ///
  /// - Parameter progress: hears of the rows that are written so far, of all that were missing.
  package func write(
    _ work: [RowWork], progress: @Sendable (RowWork, Int) -> Void = { _, _ in }
  ) async throws {
    var done = 0
    for one in work {
      try await write(one) {
        done += 1
        progress(one, done)
      }
    }
  }

  private func write(_ work: RowWork, written: () -> Void) async throws {
    let place = folder.place(of: work.pool)
    try Storage.makeFolder(place.deletingLastPathComponent())
    let lock = try FolderLock(
      file: place.appendingPathExtension("lock"), of: place, deed: "writing these rows")
    defer { withExtendedLifetime(lock) {} }
    // Another process may have written some since the plan was made.
    var file = try folder.file(of: work.pool)
    let output = try RowOutput(place, length: file.length)
    if file.hash == nil { try output.append(file.begin()) }
    let starts = try work.pool.starts(work.count)
    while file.entries.count < work.count {
      try Task.checkCancellation()
      let first = file.entries.count / Self.width * Self.width
      let end = min(first + Self.width, work.count)
      let numbers = Array(file.entries.count..<end)
      let before = Set(file.entries.prefix(first).flatMap { Self.lines($0.answer) })
      let drawn = try await draw(numbers, starts, work.pool, avoiding: before, attempt: 1)
      for number in numbers {
        let taken = Set(file.entries.flatMap { Self.lines($0.answer) })
        var found = drawn[number]
        for attempt in 2...Self.attempts where found.map({ isNew($0, taken) }) != true {
          found = try await draw(
            [number], starts, work.pool, avoiding: taken, attempt: attempt)[number]
        }
        guard let found, isNew(found, taken) else { throw Self.nothing(work.pool, number) }
        try output.append(file.add(found.answer, seed: found.seed))
        written()
      }
    }
  }

  private static func nothing(_ pool: RowPool, _ number: Int) -> LabError {
    LabError(
      .backend,
      "\(pool.name), row \(number + 1), in answer to '\(pool.questions[number])': found no whole answer "
        + "in \(attempts) attempts; allowed: one of new lines. Another temperature may help")
  }

  private func isNew(_ drawn: Drawn, _ lines: Set<String>) -> Bool {
    lines.isDisjoint(with: Self.lines(drawn.answer))
  }

  private static func lines(_ answer: String) -> [String] {
    answer.split(separator: "\n").map(String.init)
  }

  private struct Drawn {
    var answer: String
    var seed: UInt64
  }

  /// What is asked first of those rows that are still to be written.
  package static func requests(_ work: RowWork) throws -> [SampleRequest] {
    let starts = try work.pool.starts(work.count)
    return (work.written..<work.count).prefix(width).map { number in
      request(number, starts[number], work.pool, avoiding: [], seed: seed(work.pool, number, 1))
    }
  }

  private static func seed(_ pool: RowPool, _ number: Int, _ attempt: Int) -> UInt64 {
    var generator = SeededGenerator(
      seed: 1, labStream: "self-written/\(pool.key)/\(number)/\(attempt)")
    return generator.next()
  }

  private static func request(
    _ number: Int, _ starts: [Set<Character>], _ pool: RowPool, avoiding lines: Set<String>,
    seed: UInt64
  ) -> SampleRequest {
    let starts = LineStarts(
      lines: starts, leastWords: pool.leastWords, tokensPerLine: pool.tokensPerLine,
      draws: pool.draws, avoidedLines: lines, avoidedWords: pool.avoidedWords)
    var chat = pool.system.map { [ChatMessage(.system, $0)] } ?? []
    chat.append(ChatMessage(.user, pool.questions[number]))
    return SampleRequest(
      chat: chat, temperature: pool.temperature, maximumTokens: starts.maximumTokens, seed: seed,
      starts: starts)
  }

  /// The rows of these numbers, but for those that came to nothing.
  private func draw(
    _ numbers: [Int], _ starts: [[Set<Character>]], _ pool: RowPool, avoiding lines: Set<String>,
    attempt: Int
  ) async throws -> [Int: Drawn] {
    let seeds = numbers.map { Self.seed(pool, $0, attempt) }
    let requests = zip(numbers, seeds).map { number, seed in
      Self.request(number, starts[number], pool, avoiding: lines, seed: seed)
    }
    var found: [Int: Drawn] = [:]
    for try await reply in subject.answer(requests.map(SubjectRequest.sample)) {
      // One of which a line came to nothing is not whole.
      guard numbers.indices.contains(reply.index),
        case .completion(let completion) = reply.content, completion.finish == .stop
      else { continue }
      found[numbers[reply.index]] = Drawn(answer: completion.text, seed: seeds[reply.index])
    }
    try Task.checkCancellation()
    return found
  }
}
