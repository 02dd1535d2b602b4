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

  /// Both have written, as where a file system passes no locks on.
  @Test func whatTwoHaveWrittenIsTakenOnce() async throws {
    try await withFolder(inMemory: true) { url in
      let handed = try HandedOut(in: url)
      let line = try handed.trainedLine()
      #expect(try await handed.carryOut(line.line) == .done)
      let folder = handed.url(of: line)
      try FileManager.default.copyItem(
        at: folder.appending(path: "attempts/1.jsonl"),
        to: folder.appending(path: "attempts/2.jsonl"))
      try FileManager.default.removeItem(at: folder.appending(path: "done.json"))
      #expect(try await handed.carryOut(line.line) == .done)
      #expect(try await handed.collect().merged == [line])
    }
  }
}
