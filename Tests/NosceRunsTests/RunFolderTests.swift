import Foundation
import GRDB
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows
import NosceRuns
import NosceTestSupport
import Testing

@Suite struct RunFolderTests {
  let model = RuleModel()

  /// A folder that nobody holds.
  func folder(in url: URL) throws -> URL {
    try makeRunFolder(try smallExperiment(), in: url, model: model).url
  }

  @Test func aFolderHoldsEverythingThatItTakesToGoOn() throws {
    try withFolder(inMemory: true) { url in
      let path = try folder(in: url)
      let names = try FileManager.default.contentsOfDirectory(atPath: path.path).sorted()
      #expect(
        names == [
          "adapters", "experiment.yaml", "plan.json", "provenance.json", "run.lock", "run.sqlite",
        ])
      #expect(path.lastPathComponent.wholeMatch(of: /small-\d{8}-\d{6}/) != nil)
      #expect(try RunFolder.resume(path, model: model).plan.experiment == smallExperiment())
    }
  }

  @Test func twoFoldersOfTheSameSecondDiffer() throws {
    try withFolder(inMemory: true) { url in
      let names = try (0..<3).map { _ in try folder(in: url).path }
      #expect(Set(names).count == 3)
    }
  }

  @Test func aSecondProcessIsRefused() throws {
    try withFolder(inMemory: true) { url in
      let path: URL
      do {
        let held = try makeRunFolder(try smallExperiment(), in: url, model: model)
        path = held.url
        #expect {
          try RunFolder.resume(path, model: model)
        } throws: { ($0 as? LabError)?.code == .locked }
        _ = try RunFolder.read(path)
        withExtendedLifetime(held) {}
      }
      _ = try RunFolder.resume(path, model: model)
    }
  }

  @Test func aStoreOfAnotherVersionIsRefused() async throws {
    try await withFolder(inMemory: true) { url in
      let path = try folder(in: url)
      do {
        let queue = try DatabaseQueue(path: path.appending(path: "run.sqlite").path)
        try await queue.write { try $0.execute(sql: "PRAGMA user_version = 99") }
      }
      #expect { try RunFolder.resume(path, model: model) } throws: {
        ($0 as? LabError)?.code == .version && "\($0)".contains("version 99; allowed: version 4")
      }
      #expect(throws: LabError.self) { try RunFolder.read(path) }
    }
  }

  @Test func aPlanOfAnotherVersionIsRefused() throws {
    try withFolder(inMemory: true) { url in
      let path = try folder(in: url)
      let file = path.appending(path: "plan.json")
      let text = try String(contentsOf: file, encoding: .utf8)
        .replacingOccurrences(of: Plan.currentSchema, with: "nosce-plan-9")
      try text.write(to: file, atomically: true, encoding: .utf8)
      #expect { try RunFolder.resume(path, model: model) } throws: {
        ($0 as? LabError)?.code == .version && "\($0)".contains("'nosce-plan-9'")
      }
    }
  }

  @Test func aPlanThatWasChangedIsRefused() throws {
    try withFolder(inMemory: true) { url in
      let path = try folder(in: url)
      let file = path.appending(path: "plan.json")
      let text = try String(contentsOf: file, encoding: .utf8)
        .replacingOccurrences(of: "\"steps\" : 20", with: "\"steps\" : 30")
        .replacingOccurrences(of: "\"steps\" : 10", with: "\"steps\" : 11")
      try text.write(to: file, atomically: true, encoding: .utf8)
      #expect { try RunFolder.resume(path, model: model) } throws: {
        ($0 as? LabError)?.code == .version
      }
    }
  }

  @Test("A subject's seed, or a row, that was changed behind the plan's back is noticed")
  func aChangedSubject() throws {
    let changes: [(inout Plan) -> Void] = [
      { $0.cells.swapAt(0, 1) },
      { $0.cells[$0.cells.count - 1].training?.seed += 1 },
      { $0.cells[$0.cells.count - 1].training?.rows[0] = .document("Other.") },
    ]
    for change in changes {
      try withFolder(inMemory: true) { url in
        let path = try folder(in: url)
        var plan = try RunFolder.read(path).plan
        change(&plan)
        try JSONEncoder().encode(plan).write(to: path.appending(path: "plan.json"))
        #expect { try RunFolder.resume(path, model: model) } throws: {
          "\($0)".contains("a plan that was changed since it was made")
        }
      }
    }
  }

  @Test func anotherModelIsRefused() throws {
    try withFolder(inMemory: true) { url in
      let path = try folder(in: url)
      let other = RuleModel(script: .init(spelling: 0.5))
      #expect { try RunFolder.resume(path, model: other) } throws: {
        ($0 as? LabError)?.code == .version && "\($0)".contains("the same model")
      }
    }
  }

  @Test(arguments: ["plan.json", "provenance.json", "run.sqlite"])
  func aDamagedFileIsNamed(_ name: String) throws {
    try withFolder(inMemory: true) { url in
      let path = try folder(in: url)
      let file = path.appending(path: name)
      try Data("garbage".utf8).write(to: file)
      #expect { try RunFolder.resume(path, model: model) } throws: {
        $0 is LabError && "\($0)".contains(name)
      }
      try FileManager.default.removeItem(at: file)
      #expect { try RunFolder.resume(path, model: model) } throws: {
        $0 is LabError && "\($0)".contains(name)
      }
    }
  }

  @Test func aFolderThatIsNoRunIsRefused() throws {
    try withFolder(inMemory: true) { url in
      #expect { try RunFolder.resume(url, model: model) } throws: {
        "\($0)".contains("found no plan.json")
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: url.path)
      #expect(left == [])
    }
  }

  @Test func aParentThatIsAFileIsNamed() throws {
    try withFolder(inMemory: true) { url in
      let file = url.appending(path: "file")
      try Data().write(to: file)
      #expect { try folder(in: file.appending(path: "runs")) } throws: {
        ($0 as? LabError)?.code == .storage && "\($0)".contains(file.path)
      }
    }
  }

  @Test func aStoreThatWasBeingWrittenToCanBeRead() async throws {
    try await withFolder(inMemory: true) { url in
      let path = try folder(in: url)
      let copy = url.appending(path: "killed")
      // A copy in the middle of a transaction is what a kill leaves behind.
      let queue = try DatabaseQueue(path: path.appending(path: "run.sqlite").path)
      try queue.inDatabase { database in
        try database.execute(sql: "PRAGMA cache_size = 1")
        try database.inTransaction {
          for number in 0..<500 {
            try database.execute(
              sql: "INSERT INTO training VALUES (?, ?, 1, 1)",
              arguments: ["cell \(number)", String(repeating: "x", count: 1000)])
          }
          try FileManager.default.copyItem(at: path, to: copy)
          return .rollback
        }
      }
      let journal = copy.appending(path: "run.sqlite-journal")
      #expect(FileManager.default.fileExists(atPath: journal.path))
      let read = try RunFolder.read(copy)
      #expect(try await read.store.trainingRecords() == [])
    }
  }

  @Test func aFullDiskIsNamed() {
    #expect(Storage.reason(code: ENOSPC) == "the disk is full")
    #expect(
      DatabaseReason.words(DatabaseError(resultCode: .SQLITE_FULL)) == "the disk is full")
  }

  @Test func aUnitIsWrittenOnce() async throws {
    try await withFolder(inMemory: true) { url in
      let folder = try makeRunFolder(try smallExperiment(), in: url, model: model)
      let cell = try #require(folder.plan.cells.first)
      let unit = try #require(cell.units.first { $0.probe == "says" })
      let ask = Ask(
        item: 0, paraphrase: 0, sample: 0, chat: [.init(.user, "?")], prefill: nil,
        form: .sample(grader: .exact(text: "a"), temperature: 0, maximumTokens: 1, seed: 1))
      let row = GradedAnswer(
        cell: cell.id, probe: "says", step: 0, ask: ask, answer: "a\u{1F600}\n\"",
        grade: Grade(.scored(0.1 + 0.2), "why"), evidence: .top(5),
        scored: ScoredTexts(
          texts: ["a", "b\"\n", "c"], names: ["A", "B", "C"],
          logProbabilities: [-0.1 - 0.2, nil, -1e-300],
          base: [nil, -.greatestFiniteMagnitude, -0.30000000000000004], counting: [1]),
        finish: .length)
      folder.store.submit(.answer(row))
      for _ in 1...2 {
        folder.store.submit(.time(unit, cell: cell.id, isGate: false, ask: 1, grade: 2))
      }
      try await folder.store.drain()
      #expect(try await folder.store.measurements() == [row])
      #expect(try await folder.store.seconds()["grade"] == 4)
      folder.store.submit(.answer(row))
      await #expect(throws: LabError.self) { try await folder.store.drain() }
      #expect(try await folder.store.measurements() == [row])
    }
  }
}
