import Foundation
import NosceFormats
import Testing

enum TokenizerFixtures {
  static func url(_ path: String) -> URL {
    Bundle.module.resourceURL!.appendingPathComponent("Fixtures/\(path)")
  }

  static func json(_ url: URL) throws -> JSON {
    try JSON(parsing: Data(contentsOf: url))
  }

  /// The large fixtures that are not part of the package: `NOSCE_SHARED`, or `shared` beside it.
  static let shared: URL? = {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let path = ProcessInfo.processInfo.environment["NOSCE_SHARED"]
    let url =
      path.map { URL(fileURLWithPath: $0) }
      ?? root.deletingLastPathComponent().appendingPathComponent("shared")
    let fixtures = url.appendingPathComponent("fixtures")
    return FileManager.default.fileExists(atPath: fixtures.path) ? fixtures : nil
  }()

  static func withTemporaryDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("nosce-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url)
  }
}

extension JSON {
  subscript(key: String) -> JSON? { object?[key] }

  var ids: [Int32]? { array?.compactMap { $0.integer.map(Int32.init) } }
}

/// A small generator for test data: the same seed gives the same numbers everywhere.
struct TestGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
