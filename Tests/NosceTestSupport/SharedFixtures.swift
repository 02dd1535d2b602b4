import Foundation

/// The root of the package.
package let packageRoot = URL(filePath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()

/// The reference libraries' results and the published data that are not part of the package.
///
/// They are in `fixtures` of the folder that `NOSCE_SHARED` names, or of `shared` beside the
/// package.
package enum SharedFixtures {
  private static let input: OptionalInput = {
    let path = ProcessInfo.processInfo.environment["NOSCE_SHARED"]
    let shared =
      path.map { URL(filePath: $0) }
      ?? packageRoot.deletingLastPathComponent().appending(path: "shared")
    let url = shared.appending(path: "fixtures").resolvingSymlinksInPath()
    return OptionalInput(
      name: "the shared fixtures", url: exists(url) ? url : nil,
      missing: "the shared fixtures are not beside the package")
  }()

  package static let folder = input.url
  package static var exist: Bool { input.isThere }
  /// What a test that needs them says where they are not.
  package static let missing = input.missing

  package static func url(_ path: String) throws -> URL {
    try input.needed().appending(path: path)
  }
}

/// Something that a test relies on is not there.
package struct Missing: Error, CustomStringConvertible {
  package var text: String

  package init(text: String) { self.text = text }

  package var description: String { text }
}
