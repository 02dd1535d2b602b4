import Foundation

/// Names that the server gives to what it keeps.
enum Identifier {
  /// A new one: a prefix and 24 hexadecimal digits.
  static func make(_ prefix: String) -> String {
    prefix + UUID().uuidString.lowercased().replacing("-", with: "").prefix(24)
  }

  /// Whether a name is one that was given here, and so can be that of a folder.
  static func isOne(_ id: String, _ prefix: String) -> Bool {
    id.hasPrefix(prefix) && id.utf8.count == prefix.utf8.count + 24
      && id.utf8.dropFirst(prefix.utf8.count).allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
      }
  }

  /// Whether a user's name for something is made of letters, digits and a few marks of ASCII, so that it
  /// means nothing to whatever reads it.
  static func isPlain(_ name: String, most: Int, marks: String) -> Bool {
    (1...most).contains(name.utf8.count) && !name.contains("..")
      && name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || marks.utf8.contains($0)
      }
  }
}
