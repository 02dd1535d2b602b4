#if HTTP
import Foundation
import NosceCore
import NosceEndpoint
import NosceTestSupport
import Testing

@Suite("A run on an endpoint that is killed", .serialized)
struct KilledRunTests {
  /// The `nosce` that was built together with the tests.
  private static let program = ProgramStart.executable?.deletingLastPathComponent()
    .appending(path: "nosce")

  private func start(_ arguments: [String], in folder: URL) throws -> Process {
    let process = Process()
    process.executableURL = Self.program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    for name in ["OPENAI_API_KEY", "OPENAI_BASE_URL", "NOSCE_ENDPOINTS"] { environment[name] = nil }
    process.environment = environment
    process.standardOutput = try Self.file("output", in: folder)
    process.standardError = try Self.file("errors", in: folder)
    try process.run()
    return process
  }

  private static func file(_ name: String, in folder: URL) throws -> FileHandle {
    let url = folder.appending(path: name)
    try Data().write(to: url)
    return try FileHandle(forWritingTo: url)
  }

  private func ended(_ process: Process) async throws {
    for _ in 0..<12_000 where process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  @Test(
    "It is gone on with; what is asked again is what was under way, and nothing is paid for twice")
  func killed() async throws {
    let toy = ToyServer(Dialect(jobs: true, recipes: true))
    try await withFolder("killed") { folder in
      let text = smallFile.replacing("count: 4}", with: "count: 10}")
      try Storage.write(text, to: folder.appending(path: "small.yaml"))
      try await withServer(toy.act) { server in
        var arguments = [
          "run", "small.yaml", "--subject", "openai:toy@\(server.url)", "--materials", "miniature",
        ]
        var kills = 0
        for goal in [110, 190, 270] {
          let process = try start(arguments, in: folder)
          while process.isRunning, toy.chats < goal {
            try await Task.sleep(for: .milliseconds(2))
          }
          if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            kills += 1
          }
          try await ended(process)
          let run = try #require(
            names(in: folder.appending(path: "runs")).first { !$0.hasPrefix(".") })
          arguments = ["run", "--resume", "runs/\(run)"]
        }
        let process = try start(arguments, in: folder)
        try await ended(process)
        let errors = try String(
          contentsOf: folder.appending(path: "errors"), encoding: .utf8)
        #expect(process.terminationStatus == 0, "\(errors.suffix(2000))")
        #expect(kills >= 2)
        // What a server can do is asked anew by each command.
        let probes = ["Name three colours", "the alphabet", "17 times 23"].map { Data($0.utf8) }
        let own = toy.bodies.filter { body in
          probes.allSatisfy { body.key.range(of: $0) == nil }
        }
        let again = own.values.filter { $0 > 1 }.count
        #expect(own.count > 300)
        #expect(again <= kills * 64, "\(again) of \(own.count) were asked again")
        #expect(toy.jobs.ordered.count { !$0.isCancelled } == 15)
        // A file that is there and not yet written down goes up again; nobody pays for it.
        #expect(toy.jobs.uploads.count <= 15 + kills * 4)
      }
    }
  }
}
#endif
