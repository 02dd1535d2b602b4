import Foundation
import NosceCore
import NoscePorts
import NosceRows

/// The rows of a pool while they are written, one block after another.
///
/// A draft of lines avoids the lines of the blocks before its own and is drawn with a seed of its own, so
/// that it hangs on nothing that is written beside it. A row is the first of its drafts that is whole and
/// has no line of an earlier row. Where the likeliest of some answers is asked for, the first draft is it.
struct RowBlocks {
  let work: RowWork
  private let starts: [[Set<Character>]]
  private let lock: FolderLock
  private let output: RowOutput
  private var file: WrittenRowFile
  /// The answers of the drafts of each row, from the first attempt on; nil for one that came to nothing.
  private var drafts: [Int: [Int: String?]] = [:]
  /// The lines of the blocks before.
  private var before: Set<String> = []
  /// The lines of all rows that are written.
  private var taken: Set<String> = []

  /// Blocks begin at the multiples of this, whatever is asked for at a time.
  private static let size = 256
  /// How many drafts a row has.
  private static let attempts = 8

  /// Begins where the pool's file ends.
  init(_ work: RowWork, _ folder: RowFolder) throws {
    self.work = work
    let place = folder.place(of: work.pool)
    try Storage.makeFolder(place.deletingLastPathComponent())
    lock = try FolderLock(
      file: place.appendingPathExtension("lock"), of: place, deed: "writing these rows")
    // Another process may have written some since the plan was made.
    file = try folder.file(of: work.pool)
    output = try RowOutput(place, length: file.length)
    starts = try work.pool.starts(work.count)
    if file.hash == nil { try output.append(file.begin()) }
    taken = Set(file.entries.flatMap { lines($0.answer) })
    before = Set(file.entries.prefix(first).flatMap { lines($0.answer) })
  }

  /// Rows that are drawn, and wait for an earlier one.
  var waiting: Int { drafts.values.count { $0.values.contains { $0 != nil } } }

  var isDone: Bool { file.entries.count >= work.count }

  /// Where the block begins that is being written.
  private var first: Int { file.entries.count / Self.size * Self.size }

  /// What is to be drawn next: a draft of each row of the block for which those that are there will not
  /// do, as far as that can be seen.
  func wanted() -> [RowDraft] {
    var taken = taken
    return (file.entries.count..<max(file.entries.count, min(first + Self.size, work.count)))
      .compactMap { number in
        if let answer = answer(number, beside: taken)?.answer {
          taken.formUnion(lines(answer))
          return nil
        }
        let attempt = (drafts[number]?.count ?? 0) + 1
        return attempt > Self.attempts ? nil : RowDraft(number: number, attempt: attempt)
      }
  }

  func request(_ draft: RowDraft) -> SubjectRequest {
    switch work.pool.answers {
    case .lines(let lines):
      .sample(draft.request(work.pool, lines, starts[draft.number], avoiding: before))
    case .likeliest(let options, _): .score(draft.request(work.pool, options))
    }
  }

  /// What a reply to a draft's request has for an answer; nil where it came to nothing.
  ///
  /// - Throws: ``LabError`` where it is no reply to such a request, or does not say exactly how likely each
  ///   of the answers is: which is the likeliest would be a guess.
  func answer(in reply: Reply, to draft: RowDraft) throws -> String? {
    switch (work.pool.answers, reply.content) {
    case (.lines, .completion(let completion)):
      // One of which a line came to nothing is not whole.
      return completion.finish == .stop ? completion.text : nil
    case (.likeliest(let options, _), .scores(let scores))
    where scores.map(\.answer) == options:
      let known = scores.compactMap(\.logProbability).filter(\.isFinite)
      guard reply.evidence == .exact, known.count == options.count else {
        throw LabError(
          .backend,
          "\(work.pool.name), row \(draft.number + 1), '\(work.pool.questions[draft.number])': found "
            + "log-probabilities of \(known.count) of \(Counted.text(options.count, "answer")) "
            + "(\(reply.evidence.text)); allowed: of all of them, exact")
      }
      // Of two that are as likely, the first.
      return zip(known, options).max { $0.0 < $1.0 }?.1
    case (.lines, .scores), (.likeliest, _):
      throw LabError(
        .backend,
        "rows that the model writes: found a reply of another kind than was asked for; allowed: "
          + "completions of lines, and scores of answers")
    }
  }

  /// Takes what came of a draft, and writes the rows that are certain now.
  ///
  /// - Parameter answer: nil where it came to nothing.
  /// - Returns: how many were written.
  mutating func take(_ answer: String?, of draft: RowDraft) throws -> Int {
    drafts[draft.number, default: [:]].updateValue(answer, forKey: draft.attempt)
    var written = 0
    while !isDone {
      let number = file.entries.count
      guard let found = self.answer(number, beside: taken) else {
        if drafts[number]?.count == Self.attempts { throw nothing(number) }
        break
      }
      let seed = RowDraft(number: number, attempt: found.attempt).seed(work.pool)
      try output.append(file.add(found.answer, seed: seed))
      drafts[number] = nil
      taken.formUnion(lines(found.answer))
      if file.entries.count == first { before = taken }
      written += 1
    }
    return written
  }

  /// The first draft of a row that will do beside some lines; nil where none does, or an earlier one is
  /// not there yet.
  private func answer(
    _ number: Int, beside taken: Set<String>
  ) -> (answer: String, attempt: Int)? {
    guard let drafts = drafts[number] else { return nil }
    for attempt in 1...Self.attempts {
      guard let draft = drafts[attempt] else { return nil }
      if let draft, taken.isDisjoint(with: lines(draft)) { return (draft, attempt) }
    }
    return nil
  }

  /// The lines of which no other row may have one.
  private func lines(_ answer: String) -> [String] {
    if case .likeliest = work.pool.answers { return [] }
    return answer.split(separator: "\n").map(String.init)
  }

  private func nothing(_ number: Int) -> LabError {
    LabError(
      .backend,
      "\(work.pool.name), row \(number + 1), in answer to '\(work.pool.questions[number])': found no "
        + "whole answer in \(Self.attempts) attempts; allowed: one of new lines. Another temperature may "
        + "help")
  }
}
