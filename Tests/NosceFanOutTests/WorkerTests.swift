import Foundation
import NosceCore
import NosceFanOut
import NoscePorts
import NosceRuns
import NosceTestSupport
import Testing

@Suite struct WorkerTests {
  @Test func whatWorkersDoIsWhatARunDoes() async throws {
    try await withFolder(inMemory: true) { url in
      let handed = try HandedOut(
        in: url.appending(path: "out"), options: .init(exploratory: true, curves: true))
      try await handed.carryOutAll()
      let collected = try await handed.collect()
      #expect(collected.merged.count == handed.folder.header.lines)
      #expect(collected.missing.isEmpty)
      #expect(collected.notes.isEmpty)

      let parts = try RunFolder.read(handed.folder.run)
      let native = try makeRunFolder(
        parts.plan.experiment, in: url.appending(path: "native"), model: RuleModel(),
        options: parts.plan.options)
      try await Runner(folder: native, model: RuleModel()).run()
      #expect(parts.plan.contentHash == native.plan.contentHash)
      let (one, other) = (try await RunRecord(parts), try await RunRecord(native))
      #expect(one.answers == other.answers)
      #expect(one.training.map(\.losses) == other.training.map(\.losses))
      #expect(one.training.map(\.largestLogitChange) == other.training.map(\.largestLogitChange))
      #expect(one.isFinished)
      #expect(try parts.changes().isEmpty)
      let adapters = { (run: RunFolder) in
        try contents(of: run.url).filter {
          $0.key.hasPrefix("adapters/") || $0.key.hasPrefix("snapshots/")
        }
      }
      #expect(try !adapters(native).isEmpty)
      #expect(try adapters(parts) == adapters(native))
    }
  }

  @Test func aRunGoesOnWithWhatWasCollected() async throws {
    try await withFolder(inMemory: true) { url in
      let handed = try HandedOut(in: url)
      let line = try handed.trainedLine()
      try await handed.carryOut(line.line)
      let first = try await handed.collect()
      #expect(first.merged.map(\.line) == [line.line])
      #expect(first.missing.count == handed.folder.header.lines - 1)
      #expect(first.missing.allSatisfy { $0.state == .notBegun })
      let log = FaultyModel.Log()
      try await Runner(
        folder: try RunFolder.resume(handed.folder.run, model: RuleModel()),
        model: FaultyModel(log: log)
      ).run()
      #expect(log.counts(of: line.cell).isEmpty)
      #expect(try await RunRecord(RunFolder.read(handed.folder.run)).isFinished)
      let again = try await handed.collect()
      #expect(again.earlier.count == handed.folder.header.lines)
      #expect(again.missing.isEmpty)
    }
  }

  @Test func twiceIsHarmless() async throws {
    try await withFolder(inMemory: true) { url in
      let handed = try HandedOut(in: url)
      let line = try handed.trainedLine()
      #expect(try await handed.carryOut(line.line) == .done)
      let before = try contents(of: handed.url(of: line))
      #expect(try await handed.carryOut(line.line) == .wasDone)
      #expect(try contents(of: handed.url(of: line)) == before)
      #expect(try await handed.collect().merged.count == 1)
      #expect(try await handed.collect().earlier.count == 1)
    }
  }

  @Test func aSubjectThatFailsIsToldOfAndGoneOnWith() async throws {
    try await withFolder(inMemory: true) { url in
      let handed = try HandedOut(in: url)
      let line = try handed.trainedLine()
      let log = FaultyModel.Log()
      let ending = try await handed.carryOut(
        line.line, on: FaultyModel(log: log) { _, answered in answered == 2 })
      guard case .failed(let failures) = ending else {
        Issue.record("it did not fail")
        return
      }
      #expect(failures.map(\.cell) == [line.cell])
      let missing = try await handed.collect().missing.first { $0.line == line }
      #expect(missing?.state == .failed)
      #expect(missing?.reason.contains("the line went dead") == true)

      #expect(try await handed.carryOut(line.line, on: FaultyModel(log: log)) == .done)
      // Nothing was asked twice, and the training was not repeated.
      #expect(log.counts(of: line.cell).values.allSatisfy { $0 == 1 })
      #expect(try await handed.collect().merged == [line])
    }
  }

  @Test func aLineThatWasCutShortIsNoAnswer() async throws {
    try await withFolder(inMemory: true) { url in
      let handed = try HandedOut(in: url)
      let line = try handed.trainedLine()
      try await handed.carryOut(
        line.line, on: FaultyModel { _, answered in answered == 2 })
      let attempt = handed.url(of: line).appending(path: "attempts/1.jsonl")
      let text = try Data(contentsOf: attempt)
      let end = try #require(text.range(of: Data(#"{"answer""#.utf8), options: .backwards))
      try text.prefix(end.lowerBound + 40).write(to: attempt)
      #expect(try await handed.carryOut(line.line) == .done)
      #expect(try await handed.collect().merged == [line])
    }
  }

  @Test func anAttemptThatWasDamagedIsNamed() async throws {
    try await withFolder(inMemory: true) { url in
      let handed = try HandedOut(in: url)
      let line = try handed.trainedLine()
      try await handed.carryOut(
        line.line, on: FaultyModel { _, answered in answered == 2 })
      let attempt = handed.url(of: line).appending(path: "attempts/1.jsonl")
      var text = try Data(contentsOf: attempt)
      text[text.startIndex] = UInt8(ascii: "x")
      try text.write(to: attempt)
      await #expect {
        try await handed.carryOut(line.line)
      } throws: { "\($0)".contains("attempts/1.jsonl:1") }
    }
  }

  @Test func otherModelsAndOtherPlansAreRefused() async throws {
    try await withFolder(inMemory: true) { url in
      let handed = try HandedOut(in: url)
      let line = try handed.trainedLine()
      await #expect {
        try await handed.carryOut(line.line, on: RuleModel(name: "another"))
      } throws: { ($0 as? LabError)?.code == .version }
      let plan = handed.url(of: line).appending(path: "plan.json")
      let text = try String(contentsOf: plan, encoding: .utf8)
      try text.replacing("You are", with: "You were").write(
        to: plan, atomically: true, encoding: .utf8)
      #expect {
        try handed.worker(line.line)
      } throws: { "\($0)".contains("plan.json") && ($0 as? LabError)?.code == .version }
      #expect(throws: LabError.self) { try handed.worker(handed.folder.header.lines) }
      #expect(throws: LabError.self) { try handed.worker(-1) }
    }
  }

  @Test func anotherVersionIsRefused() throws {
    try withFolder(inMemory: true) { url in
      _ = try HandedOut(in: url)
      #expect {
        try FanOutFolder.open(url, version: "another")
      } throws: { ($0 as? LabError)?.code == .version }
      #expect(try FanOutFolder.open(url, version: "test").header.lines > 0)
    }
  }
}
