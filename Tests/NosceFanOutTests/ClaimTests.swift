import Foundation
import NosceCore
import NosceFanOut
import NoscePorts
import NosceRuns
import NosceTestSupport
import Testing

/// Two processes at one line.
@Suite struct ClaimTests {
  /// A claim as another machine leaves it.
  func claim(_ token: String, beat: Int) -> Data {
    Data(
      """
      {"beat":\(beat),"job":"17_3","node":"another-node","process":4711,"token":"\(token)"}
      """.utf8)
  }

  @Test func theSecondOfOneMachineIsRefused() async throws {
    try await withFolder(inMemory: true) { url in
      let handed = try HandedOut(in: url)
      let line = try handed.trainedLine()
      let held = try FolderLock(
        file: handed.url(of: line).appending(path: "cell.lock"), of: url, deed: "holding it")
      await #expect {
        try await handed.carryOut(line.line)
      } throws: { ($0 as? LabError)?.code == .locked }
      withExtendedLifetime(held) {}
    }
  }

  @Test func whereAnotherMachineCountsBeatsItIsLeftAlone() async throws {
    try await withFolder(inMemory: true) { url in
      let handed = try HandedOut(in: url)
      let line = try handed.trainedLine()
      let file = handed.url(of: line).appending(path: "claim.json")
      try claim("t", beat: 1).write(to: file)
      let beats = Task {
        for beat in 2...200 {
          try claim("t", beat: beat).write(to: file, options: .atomic)
          try await Task.sleep(for: .milliseconds(10))
        }
      }
      await #expect {
        try await handed.carryOut(line.line)
      } throws: { error in
        (error as? LabError)?.code == .locked && "\(error)".contains("another-node")
          && "\(error)".contains("job 17_3")
      }
      beats.cancel()
      _ = await beats.result
      #expect(LineStanding(of: line, in: handed.folder).state == .claimed)
    }
  }

  @Test func whereAnotherMachineWentDownItIsTakenOver() async throws {
    try await withFolder(inMemory: true) { url in
      let handed = try HandedOut(in: url)
      let line = try handed.trainedLine()
      let file = handed.url(of: line).appending(path: "claim.json")
      try claim("t", beat: 9).write(to: file)
      #expect(try await handed.carryOut(line.line) == .done)
      #expect(!exists(file))
    }
  }

  @Test func whoeverIsTakenOverFromStops() async throws {
    try await withFolder(inMemory: true) { url in
      let handed = try HandedOut(in: url)
      let line = try handed.trainedLine()
      let file = handed.url(of: line).appending(path: "claim.json")
      // A model that takes its time, so that the other comes in between.
      let slow = FaultyModel { _, _ in
        try? claim("other", beat: 1).write(to: file, options: .atomic)
        usleep(60_000)
        return false
      }
      await #expect {
        try await handed.carryOut(line.line, on: slow)
      } throws: { ($0 as? LabError)?.code == .locked }
      // What it had answered is kept, and gone on with.
      try FileManager.default.removeItem(at: file)
      #expect(try await handed.carryOut(line.line) == .done)
      #expect(try await handed.collect().merged == [line])
    }
  }

  /// As where a file system passes no locks on: what the one who was taken over from still writes into
  /// its own file, by an adapter of its own, is nobody's any more.
  @Test func whatAnEarlierAttemptStillWritesDoesNotCount() async throws {
    try await withFolder(inMemory: true) { url in
      let handed = try HandedOut(in: url)
      let line = try handed.trainedLine()
      try await handed.carryOut(line.line, on: FaultyModel { _, answered in answered == 2 })
      let first = handed.url(of: line).appending(path: "attempts/1.jsonl")
      try await handed.carryOut(line.line, on: FaultyModel { _, answered in answered == 0 })
      let late = try String(contentsOf: first, encoding: .utf8)
        .replacing(#""answer":""#, with: #""answer":"LATE "#)
      try (late + late).write(to: first, atomically: true, encoding: .utf8)
      #expect(try await handed.carryOut(line.line) == .done)
      #expect(try await handed.collect().merged == [line])
      let answers = try await RunFolder.read(handed.folder.run).store.measurements(cell: line.cell)
      #expect(!answers.isEmpty && !answers.contains { $0.answer?.hasPrefix("LATE") == true })
    }
  }

  /// A marker alone is no result, and answers by an adapter that is gone are none that can be shown.
  @Test(arguments: ["result", "scripted"]) func whatIsGoneIsDoneAgain(_ part: String) async throws {
    try await withFolder(inMemory: true) { url in
      let handed = try HandedOut(in: url)
      let line = try handed.trainedLine()
      try await handed.carryOut(line.line)
      let folder = handed.url(of: line)
      let gone =
        part == "result"
        ? try handed.result(of: line)
        : folder.appending(path: "adapters/\(line.cell)/scripted.json")
      try FileManager.default.removeItem(at: gone)
      if part == "scripted" {
        try FileManager.default.removeItem(at: folder.appending(path: "done.json"))
      }
      #expect(LineStanding(of: line, in: handed.folder).state != .done)
      let log = FaultyModel.Log()
      #expect(try await handed.carryOut(line.line, on: FaultyModel(log: log)) == .done)
      // Of a lost result everything is known still; of a lost adapter nothing is kept.
      #expect(log.counts(of: line.cell).isEmpty == (part == "result"))
      #expect(try await handed.collect().merged == [line])
    }
  }

  @Test func noLinkIsFollowed() async throws {
    try await withFolder(inMemory: true) { url in
      let handed = try HandedOut(in: url.appending(path: "out"))
      let line = try handed.trainedLine()
      let outside = url.appending(path: "outside")
      try FileManager.default.createDirectory(at: outside, withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        at: handed.url(of: line).appending(path: "attempts"), withDestinationURL: outside)
      await #expect {
        try await handed.carryOut(line.line)
      } throws: { "\($0)".contains("attempts: found a link") }
      #expect(names(in: outside).isEmpty)
    }
  }

  @Test func namesThatNoAttemptHasArePassedOver() async throws {
    try await withFolder(inMemory: true) { url in
      let handed = try HandedOut(in: url)
      let line = try handed.trainedLine()
      let attempts = handed.url(of: line).appending(path: "attempts")
      try FileManager.default.createDirectory(at: attempts, withIntermediateDirectories: true)
      for name in ["9223372036854775807", "05", "+7", "-3", "x"] {
        try Data("no".utf8).write(to: attempts.appending(path: "\(name).jsonl"))
      }
      #expect(try await handed.carryOut(line.line) == .done)
    }
  }
}
