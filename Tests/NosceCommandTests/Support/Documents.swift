import Foundation
import NosceTestSupport
import Testing

extension SharedFixtures {
  static func golden(_ path: String) throws -> [String: Any] {
    try document(Data(contentsOf: url(path).appending(path: "golden.json")))
  }
}

/// A JSON object, such as a command prints with `--json`.
func document(_ data: Data) throws -> [String: Any] {
  try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
}

func document(_ text: String) throws -> [String: Any] { try document(Data(text.utf8)) }

extension [String: Any] {
  func objects(_ key: String) -> [[String: Any]] { self[key] as? [[String: Any]] ?? [] }
  func numbers(_ key: String) -> [Double] {
    (self[key] as? [NSNumber])?.map(\.doubleValue) ?? []
  }
  func number(_ key: String) -> Double { (self[key] as? NSNumber)?.doubleValue ?? .nan }
  func ids(_ key: String) -> String {
    ((self[key] as? [NSNumber]) ?? []).map { "\($0.intValue)" }.joined(separator: ",")
  }
}

/// The largest distance of two equally long lists; infinite when they are not.
func distance(_ one: [Double], _ other: [Double]) -> Double {
  guard one.count == other.count, !one.isEmpty else { return .infinity }
  return zip(one, other).map { abs($0 - $1) }.max() ?? .infinity
}
