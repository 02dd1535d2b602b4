import Crypto
import Foundation

/// SHA-256 fingerprints, in hexadecimal.
package enum ContentHash {
  private static let digits = Array("0123456789abcdef".utf8)

  package static func of(_ data: Data) -> String { text(SHA256.hash(data: data)) }

  package static func of(_ text: String) -> String { of(Data(text.utf8)) }

  /// The bytes of a hash as they are written: two digits each.
  package static func text(_ hash: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    for byte in hash {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
