import Foundation
import NosceTestSupport

/// Scripts that may mount what nobody else sees.
enum OwnSpace {
  /// Nil where the system forbids it.
  static func run(_ script: String, in folder: URL) async throws -> Outcome? {
    let unshare = URL(filePath: "/usr/bin/unshare")
    guard exists(unshare) else { return nil }
    let outcome = try await RunningCommand(
      ["--user", "--map-root-user", "--mount", "/bin/sh", "-c", script], program: unshare,
      in: folder, environment: ["NOSCE": try Binary.url().path]
    ).finish()
    return outcome.ending == .exit(99) || outcome.errors.contains("unshare:") ? nil : outcome
  }

  static let canMount = Task {
    try await withFolder { folder in
      try await run("mount -t tmpfs -o size=64k tmpfs . || exit 99", in: folder) != nil
    }
  }
}
