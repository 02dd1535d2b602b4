import Crypto
import Foundation

/// SHA-256 fingerprints, in hexadecimal.
package enum ContentHash {
  package static func of(_ data: Data) -> String {
    SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined()
  }

  package static func of(_ text: String) -> String { of(Data(text.utf8)) }
}
