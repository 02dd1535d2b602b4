import Foundation
import NosceEngine

enum CheckpointFixtures {
  static func url(_ path: String) -> URL {
    Bundle.module.resourceURL!.appendingPathComponent("Fixtures/Checkpoint/\(path)")
  }

  /// A safetensors file from a header text and data.
  static func file(header: String, data: [UInt8], length: UInt64? = nil) -> Data {
    var bytes = withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { Data($0) }
    bytes.append(contentsOf: header.utf8)
    bytes.append(contentsOf: data)
    return bytes
  }
}
