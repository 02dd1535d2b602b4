import Foundation
import NosceCore

/// How a server is set up.
package struct ServerSettings: Sendable {
  /// The address that it listens on, and the port; 0 takes a free one.
  package var host = "127.0.0.1"
  package var port = 8000
  /// What every request must show; needed where the address is not loopback.
  package var token: String?
  /// Where files and jobs are kept.
  package var state: URL
  /// The folder below which adapters may be loaded; nil for none.
  package var adapters: URL?
  /// The most bytes of a body, and of an uploaded file.
  package var bodyLimit = 4 << 20
  package var fileLimit = 64 << 20
  /// How many answers of one base model may be under way, those that wait included.
  package var queue = 4_096
  /// How many fine-tuning jobs may be under way, those that wait included: each keeps a copy of its rows.
  package var waitingJobs = 256
  /// How long one request may take, and how long its body to come.
  package var timeLimit = Duration.seconds(600)
  /// Of the seeds of requests that have none.
  package var seed: UInt64
  /// What `/version` says.
  package var version: String

  package init(state: URL, seed: UInt64, version: String) {
    self.state = state
    self.seed = seed
    self.version = version
  }

  /// Refuses what would be open to anybody.
  package func check() throws(LabError) {
    if token == nil, !Doorkeeper.isLoopback(host) {
      throw LabError(
        .refusedDesign,
        "--host: found \(host), which others can reach, and no token; allowed: 127.0.0.1, ::1 or "
          + "localhost, or a token from --token-file or NOSCE_SERVE_TOKEN")
    }
    if let token, token.utf8.count < 16 || !token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
      throw LabError(
        .refusedDesign,
        "the token: found \(token.utf8.count) bytes; allowed: 16 or more visible characters of ASCII"
      )
    }
  }
}
