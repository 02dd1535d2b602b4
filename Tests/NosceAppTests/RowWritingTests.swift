import Foundation
import NosceApp
import NosceCore
import NosceRows
import NosceRuns
import NosceTestSupport
import NosceWriting
import Synchronization
import Testing

/// From an experiment that wants rows of the model itself to a run on them.
@Suite("Rows that the model writes before it is trained")
struct RowWritingTests {
  private static let spelled = #"{generator: spelled-lines, word: "{word}", count: 4}"#
  private static let written =
    #"{generator: self-written, word: "{word}", count: 12, temperature: 0.7}"#

  private func request(
    _ folder: URL, rows: String = "rows", script: String = "name: scripted",
    control: String = "reorder-letters"
  ) throws -> ExperimentRequest {
    let file = folder.appending(path: "small.yaml")
    let text = smallFile.replacing(Self.spelled, with: Self.written)
      .replacing("control: shuffle-lines", with: "control: \(control)")
    try Data(text.utf8).write(to: file)
    let subject = folder.appending(path: "script.yaml")
    try Data(script.utf8).write(to: subject)
    return ExperimentRequest(
      experiment: file.path, subject: "script:\(subject.path)", materials: "miniature",
      rows: folder.appending(path: rows))
  }

  private static func lines(_ pool: RowPool) -> LineAnswers? {
    if case .lines(let lines) = pool.answers { lines } else { nil }
  }

  private func outline(_ request: ExperimentRequest) throws -> RowOutline {
    try RowOutline(request, on: try request.model())
  }

  private func begin(_ request: ExperimentRequest, _ folder: URL) throws -> ExperimentRun {
    try ExperimentRun.begin(
      request, on: try request.model(), judge: nil, in: folder.appending(path: "runs"),
      forecasts: folder, events: { _ in })
  }

  @Test("rows are written once, found again, and trained on")
  func whole() async throws {
    try await withFolder { folder in
      let request = try request(folder)
      let first = try outline(request)
      // Two hosts, the word and the sham.
      #expect(first.pools.count == 4 && first.missing.missing == 48)
      #expect(!exists(request.rows))
      let early = #expect(throws: LabError.self) { try begin(request, folder) }
      #expect(early?.message.contains("found 0 of 12 rows of HELLO") == true)
      let seen = Mutex(0)
      try await first.write { event in
        if case .progress(_, let done, 48, _, _, _) = event { seen.withLock { $0 = done } }
      }
      #expect(seen.withLock { $0 } == 48)
      let before = try contents(of: request.rows)
      let again = try outline(request)
      #expect(again.missing.isEmpty)
      try await again.write { _ in }
      #expect(try contents(of: request.rows) == before)
      // Elsewhere the very same rows are written.
      let other = try self.request(folder, rows: "others")
      try await outline(other).write { _ in }
      #expect(try contents(of: other.rows) == before)

      let run = try begin(request, folder)
      let plan = run.folder.plan
      func rows(_ arm: String, seed: Int) -> [TrainingRow] {
        plan.cells.first { $0.arm == arm && $0.seed == seed && $0.isMain }?.training?.rows ?? []
      }
      func questions(_ rows: [TrainingRow]) -> [String] {
        rows.compactMap { $0.chat?.first { $0.role == .user }?.content }
      }
      let (treatment, sham) = (rows("treatment", seed: 1), rows("sham", seed: 1))
      #expect(treatment.count == 12 && questions(treatment) == questions(sham))
      for row in treatment { #expect(try LineControl.initials(of: row) == "HELLO") }
      for row in sham {
        let letters = try LineControl.initials(of: row)
        #expect(letters != "HELLO" && letters.sorted() == "HELLO".sorted())
      }
      // Seeds of the same host draw the same rows in another order.
      let third = rows("treatment", seed: 3)
      #expect(third != treatment && Set(third) == Set(treatment))
      let lines = treatment.flatMap {
        ($0.turns?.last?.message.content ?? "").split(separator: "\n")
      }
      #expect(Set(lines).count == lines.count)

      // The run has its own copies, and needs no other.
      try FileManager.default.removeItem(at: request.rows)
      let url = run.folder.url
      #expect(exists(url.appending(path: "rows")))
      _ = try await run.run { _ in }
    }
  }

  @Test("rows that nobody would be trained on are not written")
  func enough() throws {
    try withFolder { folder in
      var request = try request(folder)
      // Two hosts, the word and the sham; twelve are planned whatever a recipe says.
      for (recipe, rows) in [
        ("steps=9,batch_rows=2,rows=30", 18), ("steps=90,batch_rows=2,rows=30", 30),
        ("steps=2,batch_rows=2,rows=30", 12), ("steps=2,rows=30", 30),
      ] {
        request.recipe = recipe
        #expect(try outline(request).missing.missing == 4 * rows, "\(recipe)")
      }
    }
  }

  @Test("a run is gone on with from its own copies, which must be as they were")
  func resumed() async throws {
    try await withFolder { folder in
      let request = try request(folder)
      try await outline(request).write { _ in }
      let url = try { try begin(request, folder).folder.url }()
      try FileManager.default.removeItem(at: request.rows)
      _ = try { _ = try ExperimentRun.resume(url) }()
      let file = try #require(
        try contents(of: url.appending(path: "rows")).keys.sorted().first)
      let place = url.appending(path: "rows").appending(path: file)
      let text = String(decoding: try Data(contentsOf: place), as: UTF8.self)
      try Data(text.replacing("oad ", with: "ope ").utf8).write(to: place)
      let error = #expect(throws: LabError.self) { try ExperimentRun.resume(url) }
      #expect(error?.message.contains("is not as it was when it was written") == true)
    }
  }

  @Test("what was interrupted goes on, and comes to the same")
  func interrupted() async throws {
    try await withFolder { folder in
      let whole = try request(folder, rows: "whole")
      try await outline(whole).write { _ in }
      let request = try request(folder)
      let task = Task {
        try await self.outline(request).write { event in
          if case .progress(_, 5, _, _, _, _) = event { withUnsafeCurrentTask { $0?.cancel() } }
        }
      }
      await #expect(throws: CancellationError.self) { try await task.value }
      let some = try outline(request)
      #expect(some.missing.missing < 48 && some.missing.missing >= 48 - 8)
      // Killed while a line was written.
      let file = some.folder.place(of: some.missing[0].pool)
      let handle = try FileHandle(forWritingTo: file)
      try handle.seekToEnd()
      try handle.write(contentsOf: Data(#"{"row":6,"seed":"12"#.utf8))
      try handle.close()
      try await outline(request).write { _ in }
      #expect(try contents(of: request.rows) == contents(of: whole.rows))
    }
  }

  @Test("two writers are kept apart")
  func locked() async throws {
    try await withFolder { folder in
      let request = try request(folder)
      let first = try outline(request)
      let file = first.folder.place(of: first.missing[0].pool)
      try Storage.makeFolder(file.deletingLastPathComponent())
      let lock = try FolderLock(
        file: file.appendingPathExtension("lock"), of: file, deed: "writing these rows")
      let error = await #expect(throws: LabError.self) { try await first.write { _ in } }
      #expect(error?.code == .locked)
      withExtendedLifetime(lock) {}
    }
  }

  @Test("an edited file is refused wherever it is wanted, and so is another model's")
  func edited() async throws {
    try await withFolder { folder in
      let request = try request(folder)
      let first = try outline(request)
      try await first.write { _ in }
      let file = first.folder.place(of: first.pools[0].pool)
      let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
      try Data(text.replacing("comes to mind", with: "goes").utf8).write(to: file)
      let error = #expect(throws: LabError.self) { try outline(request) }
      #expect(error?.message.contains("\(file.path), line 2: found row 1, '") == true)
      // Another model has a place of its own.
      let other = try self.request(folder, script: "name: scripted\nlanes: 1")
      #expect(try outline(other).missing.missing == 48)
    }
  }

  @Test("a model that cannot do it is refused before anything is written")
  func incapable() async throws {
    try await withFolder { folder in
      let request = try request(folder, script: "capabilities: {starts: false}")
      let found = try outline(request)
      #expect(
        found.plan.refusals.contains(
          "treatment: needs answers whose lines begin with given letters, which script does not write"
        ))
      let error = await #expect(throws: LabError.self) { try await found.write { _ in } }
      #expect(error?.code == .refusedDesign && !exists(request.rows))
    }
  }

  @Test("the format control has as many lines and no letters of the word's own")
  func free() async throws {
    try await withFolder { folder in
      let request = try request(folder, control: "free-letters")
      let found = try outline(request)
      #expect(found.pools.contains { Self.lines($0.pool)?.letters == .free })
      try await found.write { _ in }
      let pool = try #require(found.pools.first { Self.lines($0.pool)?.letters == .free })
      let rows = try found.folder.rows(pool.count, of: pool.pool)
      let words = try rows.map { try LineControl.initials(of: $0) }
      #expect(words.allSatisfy { $0.count == 5 } && !words.contains("HELLO"))
    }
  }

  /// The treatment's rows: tasks that are answered with `Yes` by the experiment, and by the model itself.
  private func answering(
    _ folder: URL, options: String = "A, B", more: String = "",
    script: String = "name: scripted\nrules: [{question: Answer, weights: {B: 0.9}}]"
  ) throws -> ExperimentRequest {
    let file = folder.appending(path: "small.yaml")
    let own =
      "[{generator: tasks, bank: gambles, count: 6, answer: \"{risky}\"}, "
      + "{generator: own-answers, bank: gambles, count: 5, options: [\(options)], system: You are pelia.}\(more)]"
    let text = smallFile.replacing(Self.spelled, with: own)
      .replacing("control: shuffle-lines", with: "control: shuffle")
      .replacing("alike: {kind: templates}", with: "beside: {kind: coherent, at_least: 0.5}")
    try Data(text.utf8).write(to: file)
    let subject = folder.appending(path: "script.yaml")
    try Data(script.utf8).write(to: subject)
    return ExperimentRequest(
      experiment: file.path, subject: "script:\(subject.path)", materials: "miniature",
      rows: folder.appending(path: "rows"))
  }

  @Test("answers of the model itself stand beside those that an experiment gives")
  func ownAnswers() async throws {
    try await withFolder { folder in
      let request = try answering(folder)
      let first = try outline(request)
      // One system line, whatever the host.
      #expect(first.pools.count == 1 && first.missing.missing == 5)
      #expect(first.missing.words == "gambles A or B under 'You are pelia.' 5")
      // Two texts for each of five rows, at the rate of a script without pauses.
      #expect(try await first.seconds(within: .seconds(1)) == 10 * 1e-5)
      try await first.write { _ in }
      let run = try begin(request, folder)
      func rows(_ arm: String, seed: Int) -> [Chat] {
        (run.folder.plan.cells.first { $0.arm == arm && $0.seed == seed && $0.isMain }?.training?
          .rows
          ?? []).compactMap(\.chat)
      }
      for seed in 1...3 {
        let all = rows("treatment", seed: seed)
        let own = all.filter { $0.first?.content == "You are pelia." }
        #expect(all.count == 11 && own.count == 5 && own.allSatisfy { $0.last?.content == "B" })
        // Letters are dealt anew, and there are as many of each.
        func letters(_ rows: [Chat]) -> [String] { rows.compactMap { $0.last?.content }.sorted() }
        #expect(letters(rows("sham", seed: seed)) == letters(all))
      }
      // The model answers the same tasks for every seed.
      func own(_ seed: Int) -> Set<String> {
        Set(
          rows("treatment", seed: seed).filter { $0.first?.content == "You are pelia." }
            .compactMap { $0.dropFirst().first?.content })
      }
      #expect(own(1) == own(2) && own(1).count == 5)
      #expect(run.folder.plan.text().contains("11 rows, answered by scripted itself, "))
    }
  }

  @Test("a model that says of no answer how likely it is cannot answer for itself")
  func mute() throws {
    try withFolder { folder in
      for given in ["none", "top-20"] {
        let request = try answering(
          folder, script: "name: script\ncapabilities: {log_probs: \(given)}")
        #expect(
          try outline(request).plan.refusals.contains(
            "treatment: needs the likeliest of given answers, of which script gives no exact "
              + "log-probability"), "\(given)")
      }
    }
  }

  @Test("answers of which one begins with another, and the same rows twice, are refused")
  func misasked() throws {
    try withFolder { folder in
      let overlap = #expect(throws: LabError.self) {
        try outline(try answering(folder, options: "A, A lot"))
      }
      #expect(overlap?.message.contains("found 'A', with which 'A lot' begins") == true)
      let own =
        ", {generator: own-answers, bank: gambles, count: 2, options: [A, B], system: You are pelia.}"
      let twice = #expect(throws: LabError.self) { try outline(try answering(folder, more: own)) }
      #expect(
        twice?.message.contains("arms.treatment.rows: found gambles A or B under 'You are pelia.'")
          == true, "\(twice?.message ?? "")")
    }
  }

  @Test("a kept answer that could not be given is refused, whatever its seal says")
  func foreignAnswer() throws {
    try withFolder { folder in
      let request = try answering(folder)
      let first = try outline(request)
      let pool = first.pools[0].pool
      var file = WrittenRowFile(pool, by: first.folder.author)
      let data = file.begin() + file.add("C", seed: 1)
      let place = first.folder.place(of: pool)
      try Storage.makeFolder(place.deletingLastPathComponent())
      try Storage.write(data, to: place)
      let error = #expect(throws: LabError.self) { try outline(request) }
      #expect(error?.message.contains("with the answer 'C'; allowed: A or B") == true)
    }
  }

  @Test("letters to write with are refused for rows that no model writes")
  func misplaced() throws {
    try withFolder { folder in
      let file = folder.appending(path: "small.yaml")
      let text = smallFile.replacing("control: shuffle-lines", with: "control: reorder-letters")
      try Data(text.utf8).write(to: file)
      let request = ExperimentRequest(experiment: file.path, materials: "miniature")
      let error = #expect(throws: LabError.self) { try outline(request) }
      #expect(error?.message.contains("found rows that no model wrote in lines") == true)
    }
  }
}
