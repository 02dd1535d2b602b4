import Foundation
import NosceCore

/// The key of an endpoint, which the header of a request shows and nothing else.
///
/// It comes from a variable of the environment, has no other way in, and none out: descriptions,
/// mirrors and errors name the variable.
package struct EndpointKey: Sendable, Hashable {
  package let variable: String
  private let value: String

  /// A shorter one is a placeholder such as `EMPTY`, and part of many texts.
  private static let leastSecret = 8
  private static let mask = "[key]"

  /// The key in a variable; nil where that is not set, or empty.
  package init?(variable: String, in environment: [String: String]) throws(LabError) {
    guard let value = environment[variable], !value.isEmpty else { return nil }
    guard value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw LabError(
        .backend,
        "\(variable): found a key with blanks, line breaks or other characters that no header takes; "
          + "allowed: visible ASCII characters")
    }
    self.variable = variable
    self.value = value
  }

  var header: String { "Bearer \(value)" }

  /// A text that a server wrote, without the key where it says it.
  package func scrubbed(_ text: String) -> String {
    value.utf8.count < Self.leastSecret || !text.contains(value)
      ? text : text.replacing(value, with: Self.mask)
  }

  /// Bytes that a server wrote, in the same way.
  func scrubbed(_ data: Data) -> Data {
    let secret = Data(value.utf8)
    guard secret.count >= Self.leastSecret, data.range(of: secret) != nil else { return data }
    var result = data
    while let range = result.range(of: secret) {
      result.replaceSubrange(range, with: Data(Self.mask.utf8))
    }
    return result
  }
}

extension EndpointKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "the key in \(variable)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["variable": variable]) }
}
