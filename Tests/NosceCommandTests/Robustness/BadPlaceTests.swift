import Foundation
import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("A place that cannot be written to")
  struct BadPlaceTests {
    @Test("A run below a file is refused by name")
    func belowFile() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let outcome = try await nosce(
          ["run", "quick.yaml", "--out", "quick.yaml/runs"], in: folder)
        #expect(outcome.ending == .exit(74))
        #expect(outcome.errors.contains("\(folder.path)/quick.yaml/runs: cannot be made"))
        #expect(outcome.errors.contains("part of the path is no folder"))
        #expect(names(in: folder) == ["quick.yaml"])
      }
    }

    @Test(
      "A run where nobody may write is refused by name",
      .enabled(if: FileManager.default.fileExists(atPath: "/proc/self"), "there is no /proc"))
    func nobody() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let outcome = try await nosce(["run", "quick.yaml", "--out", "/proc/runs"], in: folder)
        #expect(outcome.ending == .exit(74))
        #expect(outcome.errors.contains("/proc/runs: cannot be made"))
      }
    }

    @Test(
      "A folder without the permission is refused by name",
      .enabled(if: getuid() != 0, "permissions do not bind root"))
    func permission() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let closed = folder.appending(path: "closed")
        try FileManager.default.createDirectory(
          at: closed, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o555])
        let outcome = try await nosce(["run", "quick.yaml", "--out", "closed"], in: folder)
        #expect(outcome.ending == .exit(74))
        #expect(outcome.errors.contains("\(closed.path)/quick-"))
        #expect(outcome.errors.contains("there is no permission"))
      }
    }

    @Test("An export or a training below a file is refused by name")
    func others() async throws {
      let finished = try await FinishedRun.get()
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let place = folder.appending(path: "quick.yaml/x").path
        for command in [
          ["export", finished.run.path, "--out", place],
          ["organism", "train", "--steps", "1", "--out", place],
        ] {
          let outcome = try await nosce(command)
          #expect(outcome.ending == .exit(74))
          #expect(outcome.errors.contains("\(place): cannot be made: part of the path"))
        }
      }
    }
  }
}
