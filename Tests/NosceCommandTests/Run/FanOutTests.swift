import Foundation
import NosceCore
import NosceTestSupport
import Testing

extension WholeRunTests {
  @Suite("A plan that is handed out")
  struct FanOutTests {
    /// Debian's Slurm, and root, for its daemons start jobs as their owners.
    static let slurm: OptionalInput = {
      let path = (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin:/usr/bin"
      let missing = ["munged", "slurmctld", "slurmd", "sbatch", "sqlite3"].filter { name in
        !path.split(separator: ":").contains {
          FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
        }
      }
      let isRoot = geteuid() == 0
      return OptionalInput(
        name: "Slurm", url: missing.isEmpty && isRoot ? URL(filePath: "/usr/sbin/slurmctld") : nil,
        missing: missing.isEmpty
          ? "Scripts/slurm takes root" : "there is no \(missing.joined(separator: ", "))")
    }()

    private static let plan = ["quick.yaml", "--seeds", "2", "--exploratory"]

    /// The run folder in the folder of a fan-out.
    private func run(in folder: URL) throws -> URL {
      let name = try #require(names(in: folder).first { $0.hasPrefix("quick-") })
      return folder.appending(path: name)
    }

    @Test("Processes of this machine come to the measurements of one, also where one was killed")
    func local() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let native = try await nosce(["run"] + Self.plan + ["--json"], in: folder)
        #expect(native.ending == .exit(0), "\(native.errors)")

        let command = ["fan-out"] + Self.plan + ["--on", "local", "--out", "out"]
        let dry = try await nosce(command + ["--dry-run"], in: folder)
        #expect(dry.ending == .exit(0), "\(dry.errors)")
        let out = folder.appending(path: "out")
        // A worker that is killed in the middle, and another of the same line.
        let line = try String(contentsOf: out.appending(path: "cells.jsonl"), encoding: .utf8)
          .split(separator: "\n").firstIndex { $0.contains("treatment") }
        let worker = ["cell", "out", "--line", "\(try #require(line))"]
        let killed = try RunningCommand(worker, in: folder)
        _ = try await killed.wait {
          !names(in: out.appending(path: "cells/treatment-BREAD-s1/attempts")).isEmpty
        }
        killed.send(SIGKILL)
        _ = try await killed.finish()
        let early = try await nosce(["collect", "out"], in: folder)
        #expect(early.ending == .exit(1))
        #expect(early.output.contains("missing: "))

        let whole = try await nosce(command, in: folder)
        #expect(whole.ending == .exit(0), "\(whole.errors)")
        #expect(try await nosce(worker, in: folder).output.contains("was done before"))
        let status = try await nosce(["status", "out"], in: folder)
        #expect(status.output.contains(" done") && !status.output.contains("failed"))
        let collected = try await nosce(["collect", "out"], in: folder)
        #expect(collected.ending == .exit(0), "\(collected.output)")
        let again = try await nosce(["collect", "out"], in: folder)
        #expect(again.output.contains("0 of") && again.ending == .exit(0))
        let resumed = try await nosce(
          ["run", "--resume", try run(in: out).path, "--json"], in: folder)
        #expect(resumed.ending == .exit(0), "\(resumed.errors)")

        let one = try await Measurements(of: try #require(QuickExperiment.begun(in: folder)))
        let other = try await Measurements(of: try run(in: out))
        #expect(one.answers == other.answers)
        #expect(one.adapters == other.adapters)
      }
    }

    @Test("Another experiment, another version and a folder with something else in it are refused")
    func refused() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let command = ["fan-out"] + Self.plan + ["--on", "local", "--out", "out", "--dry-run"]
        #expect(try await nosce(command, in: folder).ending == .exit(0))
        let other = try await nosce(
          ["fan-out", "quick.yaml", "--seeds", "3", "--exploratory", "--out", "out", "--dry-run"],
          in: folder)
        #expect(other.ending == .exit(65))
        #expect(other.errors.contains("handed out before"))
        let full = try await nosce(
          ["fan-out"] + Self.plan + ["--out", ".", "--dry-run"], in: folder)
        #expect(full.ending == .exit(74))
        for verb in ["collect", "status"] {
          let none = try await nosce([verb, "runs"], in: folder)
          #expect(none.ending == .exit(74), "\(verb)")
        }
      }
    }

    @Test(
      "Slurm: jobs are cancelled and the node is drained, and every bit is that of one process",
      .enabled(if: slurm.isThere, "\(slurm.missing)"))
    func cluster() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let script = packageRoot.appending(path: "Scripts/fan-out/slurm-hello")
        let outcome = try await RunningCommand(
          [try Binary.url().path, "work", "../quick.yaml", "--seeds", "3", "--exploratory"],
          program: script, in: folder
        ).finish()
        #expect(outcome.ending == .exit(0), "\(outcome.errors)\n\(outcome.output)")
        #expect(outcome.output.contains("quick: the same, "))
      }
    }
  }
}
