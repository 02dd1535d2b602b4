import Crypto
import Foundation

/// SHA-256 fingerprints, in hexadecimal.
package enum ContentHash {
  package static func of(_ data: Data) -> String {
    SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined()
  }

  package static func of(_ text: String) -> String { of(Data(text.utf8)) }

  /// The fingerprint of a value's JSON with sorted keys.
  package static func of(json value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if let mark { encoder.userInfo[mark] = true }
    return of(try encoder.encode(value))
  }

  private static let mark = CodingUserInfoKey(rawValue: "content-hash")

  /// Whether a value is encoded in order to be hashed, and so leaves out what is no content.
  package static func isHashing(_ encoder: any Encoder) -> Bool {
    mark.map { encoder.userInfo[$0] as? Bool ?? false } ?? false
  }
}
