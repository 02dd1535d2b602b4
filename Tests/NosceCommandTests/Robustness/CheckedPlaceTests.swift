import Foundation
import NosceTestSupport
import Testing

extension CommandLineTests {
  /// Every verb that writes tries its place first: that the model which is asked for is not there
  /// either must not be noticed before.
  @Suite("Places are tried before anything is computed")
  struct CheckedPlaceTests {
    private static let absent = "/nowhere/model"

    private static func train(_ more: String...) -> [String] {
      ["train", "--subject", absent, "--data", "rows.jsonl"] + more
    }

    private func withInput<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        try Data((#"{"text": "Voices watch the sky."}"# + "\n").utf8)
          .write(to: folder.appending(path: "rows.jsonl"))
        return try await body(folder)
      }
    }

    @Test(
      "Below a file",
      arguments: [
        train("--out", "rows.jsonl/x"), train("--out", "rows.jsonl/x/y"),
        train("--gradients", "rows.jsonl/x"), train("--out", "new", "--log", "rows.jsonl/x"),
        ["run", "quick.yaml", "--subject", absent, "--out", "rows.jsonl/x"],
        ["run", "--all", "--subject", absent, "--out", "rows.jsonl/x"],
        ["forecast", "quick.yaml", "--subject", absent, "--forecasts", "rows.jsonl/x"],
        ["validate", "--quick", "--subject", absent, "--out", "rows.jsonl/x"],
        ["organism", "train", "--out", "rows.jsonl/x"],
        ["bench", "lora", "--dir", "rows.jsonl/x"],
      ])
    func belowFile(command: [String]) async throws {
      try await withInput { folder in
        let outcome = try await nosce(command, in: folder)
        #expect(outcome.ending == .exit(74), "\(outcome.errors)")
        #expect(outcome.errors.contains("\(folder.path)/rows.jsonl/x"), "\(outcome.errors)")
        #expect(outcome.errors.contains("part of the path is no folder"), "\(outcome.errors)")
        #expect(names(in: folder) == ["quick.yaml", "rows.jsonl"])
      }
    }

    @Test(
      "A name that is too long, a link to nowhere, and a file in a folder that is not there",
      arguments: [
        (train("--out", String(repeating: "n", count: 260)), "File name too long"),
        (train("--out", "new/\(String(repeating: "n", count: 260))"), "cannot be made"),
        // The place beside it, by which it is replaced, has a longer name.
        (train("--out", String(repeating: "n", count: 250)), "File name too long"),
        (train("--out", "link"), "cannot be made"),
        (train("--gradients", "new/x"), "there is no such file or folder"),
        (train("--out", "out", "--log", "new/x"), "there is no such file or folder"),
        (train("--out", "out", "--log", "rows.jsonl"), "--log: found a file of --data"),
        (train("--gradients", "rows.jsonl"), "--gradients: found a file of --data"),
        (train("--out", "out", "--log", "out/log.jsonl"), "--log: found a file in the adapter's"),
        (train("--out", "rows.jsonl"), "found a file; allowed: a folder, or a new name"),
        (train("--out", "."), "found a folder with other files"),
        (["run", "quick.yaml", "--subject", absent, "--out", "link"], "cannot be made"),
      ])
    func others(command: [String], words: String) async throws {
      try await withInput { folder in
        let link = folder.appending(path: "link")
        try FileManager.default.createSymbolicLink(
          at: link, withDestinationURL: URL(filePath: "/nowhere/at/all"))
        let outcome = try await nosce(command, in: folder)
        #expect(outcome.ending == .exit(74), "\(outcome.errors)")
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
        #expect(names(in: folder) == ["link", "quick.yaml", "rows.jsonl"])
      }
    }

    @Test(
      "A disk that is read-only, and one that is mounted where the adapter goes",
      .enabled("the system forbids to mount a disk") { try await OwnSpace.canMount.value })
    func readOnly() async throws {
      let finished = try await FinishedRun.get()
      try await withInput { folder in
        let script = """
          mkdir media mounted && mount -t tmpfs tmpfs media || exit 99
          mount -t tmpfs tmpfs mounted || exit 99
          cp -R "\(finished.run.path)" media/run
          mount -o remount,ro media || exit 99
          try() { "$NOSCE" "$@" >>output 2>>errors; echo "$1 $?" >>codes; }
          try train --subject \(Self.absent) --data rows.jsonl --out media/adapter
          try train --subject \(Self.absent) --data rows.jsonl --out mounted
          try train --subject \(Self.absent) --data rows.jsonl --gradients media/gradients
          try run quick.yaml --subject \(Self.absent) --out media
          try run quick.yaml --subject \(Self.absent) --out media/runs
          try run --resume media/run
          try report media/run
          try export media/run
          try export media/run --out media/export
          try forecast quick.yaml --subject \(Self.absent) --forecasts media
          try validate --quick --subject \(Self.absent) --out media/validation
          try organism train --out media/organism
          try bench lora --dir media/bench
          """
        let outcome = try #require(try await OwnSpace.run(script, in: folder))
        func text(_ name: String) throws -> String {
          try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        }
        let errors = try text("errors").split(separator: "\n")
        let codes = try text("codes").split(separator: "\n")
        try #require(outcome.ending == .exit(0), "\(outcome.errors) \(errors)")
        #expect(codes.count == 13 && codes.allSatisfy { $0.hasSuffix(" 74") }, "\(codes) \(errors)")
        #expect(try text("output").isEmpty)
        #expect(errors.count == 13, "\(errors)")
        for (index, line) in errors.enumerated() {
          let words = index == 1 ? "a disk that is mounted there" : "the disk is read-only"
          #expect(line.contains(words), "\(line)")
        }
      }
    }
  }
}
