import Foundation
import NosceFormats
import Testing

enum TokenizerFixtures {
  static func url(_ path: String) -> URL {
    Bundle.module.resourceURL!.appendingPathComponent("Fixtures/\(path)")
  }
}

extension JSON {
  var ids: [Int32]? { array?.compactMap { $0.integer.map(Int32.init) } }
}
