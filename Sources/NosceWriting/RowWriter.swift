import NosceCore
import NoscePorts
import NosceRows

/// Has a model write rows, and keeps each as soon as it can be counted on.
///
/// Rows are written side by side, those of several pools together, since a model takes hardly longer for
/// several than for one. What is written hangs on nothing but the model and the pool: a stop loses what
/// is under way, and the next call writes the very same rows.
package struct RowWriter: Sendable {
  private let subject: any Subject
  private let folder: RowFolder

  /// Pools are put together until there are so many rows to be drawn, for while the last of them are
  /// written the model is hardly busy.
  private static let together = 256
  /// Each pool that is being written has its files open.
  private static let mostOpen = 32

  package init(_ subject: any Subject, _ folder: RowFolder) {
    self.subject = subject
    self.folder = folder
  }

  /// Writes what is missing.
  ///
  /// - Parameter progress: hears of the rows that are there so far, of all that were missing: those that
  ///   are written, and those that wait for an earlier one.
  package func write(
    _ work: [RowWork], progress: @Sendable (RowWork, Int) -> Void = { _, _ in }
  ) async throws {
    var waiting = work[...]
    var open: [RowBlocks] = []
    var (written, told) = (0, 0)
    while true {
      try Task.checkCancellation()
      var drafts = open.map { $0.wanted() }
      while open.count < Self.mostOpen, drafts.reduce(0, { $0 + $1.count }) < Self.together,
        let next = waiting.popFirst()
      {
        open.append(try RowBlocks(next, folder))
        drafts.append(open[open.count - 1].wanted())
      }
      if open.isEmpty { return }
      let places = open.indices.flatMap { place in drafts[place].map { (place, $0) } }
      let requests = places.map { open[$0].request($1) }
      var awaited = Set(places.indices)
      for try await reply in subject.answer(requests) {
        guard awaited.remove(reply.index) != nil else {
          throw Self.misfit("a reply that nobody waits for", requests.count)
        }
        let (place, draft) = places[reply.index]
        let answer = try open[place].answer(in: reply, to: draft)
        written += try open[place].take(answer, of: draft)
        let there = written + open.reduce(0) { $0 + $1.waiting }
        if there > told {
          told = there
          progress(open[place].work, told)
        }
        // What is ready to be read after a stop is drawn again, the same.
        try Task.checkCancellation()
      }
      try Task.checkCancellation()
      guard awaited.isEmpty else {
        throw Self.misfit("\(requests.count - awaited.count) replies", requests.count)
      }
      open.removeAll(where: \.isDone)
    }
  }

  private static func misfit(_ found: String, _ count: Int) -> LabError {
    LabError(
      .backend,
      "rows that the model writes: found \(found); allowed: a reply to each of "
        + Counted.text(count, "request"))
  }

  /// What is asked first of those rows that are still to be written.
  package static func requests(_ work: RowWork) throws -> [SubjectRequest] {
    let starts = try work.pool.starts(work.count)
    return (work.written..<work.count).prefix(together / 2).map { number in
      let draft = RowDraft(number: number, attempt: 1)
      return switch work.pool.answers {
      case .lines(let lines):
        .sample(draft.request(work.pool, lines, starts[number], avoiding: []))
      case .likeliest(let options, _): .score(draft.request(work.pool, options))
      }
    }
  }
}

/// One attempt at a row.
struct RowDraft: Hashable {
  /// From 0 on.
  var number: Int
  /// From 1 on.
  var attempt: Int

  func seed(_ pool: RowPool) -> UInt64 {
    var generator = SeededGenerator(
      seed: 1, labStream: "self-written/\(pool.key)/\(number)/\(attempt)")
    return generator.next()
  }

  func request(
    _ pool: RowPool, _ lines: LineAnswers, _ starts: [Set<Character>],
    avoiding taken: Set<String>
  ) -> SampleRequest {
    let starts = LineStarts(
      lines: starts, leastWords: lines.leastWords, tokensPerLine: lines.tokensPerLine,
      draws: lines.draws, avoidedLines: taken, avoidedWords: lines.avoidedWords)
    return SampleRequest(
      chat: pool.chat(number), temperature: lines.temperature,
      maximumTokens: starts.maximumTokens, seed: seed(pool), starts: starts)
  }

  func request(_ pool: RowPool, _ options: [String]) -> ScoreRequest {
    ScoreRequest(chat: pool.chat(number), texts: options)
  }
}
