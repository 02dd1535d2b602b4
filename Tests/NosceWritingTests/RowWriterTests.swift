import Foundation
import NosceCore
import NoscePorts
import NosceRows
import NosceTestSupport
import NosceWriting
import Synchronization
import Testing

/// Rows that a model writes, by a puppet that says what a seed makes of a question.
@Suite("Writing rows")
struct RowWriterTests {
  private static let identity = ModelIdentity(
    name: "puppet", summary: "puppet", note: nil, contentHash: "abc")

  private static func pool(_ word: String, _ questions: Int = 600) -> RowPool {
    RowPool(
      .lines(
        LineAnswers(
          word: word, letters: .spelled, family: [word], temperature: 0.7, avoidedWords: [word])),
      system: nil, questions: (1...questions).map { "What is number \($0)?" })
  }

  private static func work(_ pool: RowPool, _ folder: RowFolder, _ count: Int) throws -> RowWork {
    RowWork(pool: pool, written: try folder.count(of: pool), count: count)
  }

  /// Of five attempts one comes to nothing, and some lines are written for several questions.
  private final class Writer: PlainSubject {
    private let repeats: Int
    private let fails: Int
    /// How many requests it answers before it is stopped.
    private let limit: Int
    let asked = Mutex<[Int]>([])
    private let answered = Mutex(0)

    init(repeats: Int = 40, fails: Int = 5, limit: Int = .max) {
      self.repeats = repeats
      self.fails = fails
      self.limit = limit
    }

    func answer(_ requests: [SubjectRequest]) -> AsyncThrowingStream<Reply, any Error> {
      asked.withLock { $0.append(requests.count) }
      return AsyncThrowingStream { replies in
        do {
          // As with a model that writes them side by side, the last may be ready first.
          for index in requests.indices.reversed() {
            guard case .sample(let request) = requests[index] else { continue }
            replies.yield(.sampled(index, try complete(request)))
          }
          replies.finish()
        } catch {
          replies.finish(throwing: error)
        }
      }
    }

    func complete(_ request: SampleRequest) throws -> Completion {
      let number = answered.withLock { count in
        count += 1
        return count
      }
      if number > limit { throw LabError(.backend, "stopped") }
      let isNothing = fails > 0 && request.seed % UInt64(fails) == 0
      let line = "Line \(request.seed % UInt64(repeats * 1000) / UInt64(repeats)) of it"
      return Completion(
        text: "\(line)\nEnds \(request.seed)", tokenCount: 3, finish: isNothing ? .length : .stop)
    }

    func score(_ request: ScoreRequest) throws -> [AnswerScore] { [] }
  }

  private static func bytes(_ folder: URL) throws -> [String: Data] {
    try contents(of: folder).filter { $0.key.hasSuffix(".jsonl") }
  }

  @Test(
    "What is written hangs on neither how much is asked for, nor what beside, nor where it was stopped"
  )
  func same() async throws {
    try await withFolder { place in
      let pools = ["RESIN", "WIDER", "BAKER"].map { Self.pool($0) }
      func folder(_ name: String) -> RowFolder {
        RowFolder(place.appending(path: name), of: Self.identity)
      }
      let whole = folder("whole")
      try await RowWriter(Writer(), whole).write(pools.map { try Self.work($0, whole, 300) })
      let expected = try Self.bytes(place.appending(path: "whole"))
      #expect(expected.count == 3)
      for pool in pools {
        let entries = try whole.file(of: pool).entries
        #expect(entries.count == 300)
        let lines = entries.flatMap { $0.answer.split(separator: "\n") }
        #expect(Set(lines).count == lines.count)
      }
      // One pool after another, and each in three stretches.
      let parts = folder("parts")
      for pool in pools.reversed() {
        for count in [120, 180, 300] {
          try await RowWriter(Writer(), parts).write([try Self.work(pool, parts, count)])
        }
      }
      #expect(try Self.bytes(place.appending(path: "parts")) == expected)
      // Stopped again and again, each time a little later.
      let stopped = folder("stopped")
      var limit = 100
      while true {
        let work = try pools.map { try Self.work($0, stopped, 300) }.filter { $0.missing > 0 }
        if work.isEmpty { break }
        try? await RowWriter(Writer(limit: limit), stopped).write(work)
        limit += 150
      }
      #expect(try Self.bytes(place.appending(path: "stopped")) == expected)
    }
  }

  /// Finds the second of some texts likeliest, where a question's number is odd.
  private final class Chooser: PlainSubject {
    /// What it says of each text that it does not find likeliest.
    private let other: Double?
    private let best: Double?

    init(best: Double? = -0.2, other: Double? = -1.5) {
      self.best = best
      self.other = other
    }

    func complete(_ request: SampleRequest) throws -> Completion {
      throw LabError(.backend, "a puppet that only scores")
    }

    func score(_ request: ScoreRequest) throws -> [AnswerScore] {
      let question = request.chat.last?.content ?? ""
      let number = Int(question.filter(\.isNumber)) ?? 0
      return request.texts.enumerated().map { place, text in
        AnswerScore(
          answer: text, logProbability: place == number % 2 ? best : other, tokenCount: 1)
      }
    }
  }

  private static func likeliest(system: String? = nil) -> RowPool {
    RowPool(
      .likeliest(["A", "B"], bank: "gambles"), system: system,
      questions: (1...600).map { "Take A or B, number \($0)?" })
  }

  @Test("The likeliest of some answers is a row, however often it is another's")
  func likeliest() async throws {
    try await withFolder { place in
      let folder = RowFolder(place, of: Self.identity)
      let pool = Self.likeliest(system: "You are Clara.")
      for count in [120, 300] {
        try await RowWriter(Chooser(), folder).write([try Self.work(pool, folder, count)])
      }
      let rows = try folder.rows(300, of: pool)
      let turns = rows.compactMap(\.chat)
      #expect(turns.count == 300)
      for (place, chat) in turns.enumerated() {
        #expect(
          chat == [
            ChatMessage(.system, "You are Clara."),
            ChatMessage(.user, "Take A or B, number \(place + 1)?"),
            ChatMessage(.assistant, (place + 1) % 2 == 0 ? "A" : "B"),
          ])
      }
      #expect(folder.place(of: pool).lastPathComponent.hasPrefix("gambles_likeliest-"))
      // Another name has rows of its own.
      #expect(try folder.count(of: Self.likeliest()) == 0)
    }
  }

  @Test("Which answer is the likeliest is no guess: all of their log-probabilities must be known")
  func unknown() async throws {
    try await withFolder { place in
      let folder = RowFolder(place, of: Self.identity)
      let pool = Self.likeliest()
      try await RowWriter(Chooser(), folder).write([try Self.work(pool, folder, 4)])
      let answers = try folder.file(of: pool).entries.map(\.answer)
      #expect(answers == ["B", "A", "B", "A"])
      for (best, other, known) in [
        (nil, nil, 0), (-0.2, nil, 1), (-0.2, -Double.infinity, 1), (Double.nan, -0.2, 1),
      ] {
        let error = await #expect(throws: LabError.self) {
          try await RowWriter(Chooser(best: best, other: other), folder)
            .write([try Self.work(pool, folder, 8)])
        }
        #expect(
          error?.message.contains(
            "row 5, 'Take A or B, number 5?': found log-probabilities of \(known) of 2 answers")
            == true)
      }
      // What is there already stays, and a writer of lines is refused.
      #expect(try folder.count(of: pool) == 4)
      let error = await #expect(throws: LabError.self) {
        try await RowWriter(Writer(), folder).write([try Self.work(pool, folder, 8)])
      }
      #expect(error?.code == .backend)
    }
  }

  @Test("Rows of several pools are asked for together, and those that failed with the next ones")
  func together() async throws {
    try await withFolder { place in
      let folder = RowFolder(place, of: Self.identity)
      let author = Writer()
      let heard = Mutex<[Int]>([])
      let work = try ["RESIN", "WIDER", "BAKER", "SAINT"].map {
        try Self.work(Self.pool($0), folder, 180)
      }
      try await RowWriter(author, folder).write(work) { _, done in
        heard.withLock { $0.append(done) }
      }
      let asked = author.asked.withLock { $0 }
      #expect(asked[0] == 360 && asked[1] > 180 && asked[1] < 360)
      #expect(heard.withLock { $0 } == Array(1...720))
    }
  }

  @Test("A row of which every attempt comes to nothing ends the writing, and the error says which")
  func nothing() async throws {
    try await withFolder { place in
      let folder = RowFolder(place, of: Self.identity)
      let pool = Self.pool("RESIN")
      let error = await #expect(throws: LabError.self) {
        try await RowWriter(Writer(fails: 1), folder).write([try Self.work(pool, folder, 5)])
      }
      #expect(error?.message.contains("row 1, in answer to 'What is number 1?'") == true)
      let count = try folder.count(of: pool)
      #expect(count == 0)
    }
  }

  @Test("A subject that does not answer every request is refused")
  func silent() async throws {
    struct Silent: Subject {
      var replies: [Int]
      func answer(_ requests: [SubjectRequest]) -> AsyncThrowingStream<Reply, any Error> {
        AsyncThrowingStream { stream in
          for index in replies {
            stream.yield(
              .sampled(index, Completion(text: "R \(index)", tokenCount: 1, finish: .stop)))
          }
          stream.finish()
        }
      }
    }
    try await withFolder { place in
      let folder = RowFolder(place, of: Self.identity)
      for replies in [[], [0], [0, 0], [0, 1, 2, 9]] {
        let error = await #expect(throws: LabError.self) {
          try await RowWriter(Silent(replies: replies), folder).write([
            try Self.work(Self.pool("BREAK"), folder, 3)
          ])
        }
        #expect(error?.code == .backend, "\(replies)")
      }
    }
  }
}
