import Foundation

/// Files that some tests need and that not every machine has.
///
/// ```swift
/// @Test(.enabled(if: RealModels.smolLM2.isThere, "\(RealModels.smolLM2.missing)"))
/// ```
package struct OptionalInput: Sendable {
  package let name: String
  /// Nil where it is not there.
  package let url: URL?
  /// What a test that needs it says where it is not there.
  package let missing: String

  package init(name: String, url: URL?, missing: String) {
    self.name = name
    self.url = url
    self.missing = missing
  }

  /// At the place that an environment variable names, or else at a place in the package.
  package init(name: String, variable: String, default path: String, toHave command: String) {
    let named = ProcessInfo.processInfo.environment[variable]
    let url = named.map { URL(filePath: $0) } ?? packageRoot.appending(path: path)
    let isThere = FileManager.default.fileExists(atPath: url.path)
    self.init(
      name: name, url: isThere ? url : nil,
      missing: named.map { "\(variable) names \($0), where there is nothing" }
        ?? "\(name) is not in \(path) (\(command)), and \(variable) names no other place")
  }

  /// Whether tests that need it can run, which is noted in the file that `NOSCE_OPTIONAL_LOG` names,
  /// so that a run of the tests can end with what it left out.
  package var isThere: Bool {
    note(url == nil ? "skipped: \(missing)" : "ran")
    return url != nil
  }

  package func needed() throws -> URL {
    guard let url else { throw Missing(text: missing) }
    return url
  }

  private func note(_ outcome: String) {
    guard let path = ProcessInfo.processInfo.environment["NOSCE_OPTIONAL_LOG"],
      let file = fopen(path, "a")
    else { return }
    // One write for a line, since tests run side by side.
    fputs("\(name): \(outcome)\n", file)
    fclose(file)
  }
}
