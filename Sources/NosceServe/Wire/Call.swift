import Foundation
import NosceFormats

/// A request after the server's doors: what is asked for, and its body.
struct Call: Sendable {
  var operation: Operation
  /// What the names in the path stand for.
  var parameters: [String: String]
  var query: [String: String]
  /// Of the body.
  var contentType: String
  var body: [UInt8]

  /// A number of the query.
  func count(_ key: String, in range: ClosedRange<Int>, usual: Int) throws(APIError) -> Int {
    guard let text = query[key] else { return usual }
    guard let number = Int(text), range.contains(number) else {
      throw .invalid(
        key, found: "'\(text.prefix(40))'",
        allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// Refuses what the query does not know.
  func checkQuery(_ known: Set<String>) throws(APIError) {
    if let key = query.keys.sorted().first(where: { !known.contains($0) }) {
      throw .invalid(
        String(key.prefix(80)), found: "a query key that is not known",
        allowed: known.isEmpty ? "none" : known.sorted().joined(separator: ", "),
        code: "unsupported_parameter")
    }
  }

  /// The part of a list that is asked for: behind an id, at most so many.
  func page(
    _ list: [(id: String, json: JSON)], limits: ClosedRange<Int> = 1...10_000, usual: Int
  ) throws(APIError) -> JSON {
    let limit = try count("limit", in: limits, usual: usual)
    var rest = list[...]
    if let after = query["after"] {
      guard let place = list.firstIndex(where: { $0.id == after }) else {
        throw .invalid("after", found: "'\(after.prefix(80))'", allowed: "an id of the list")
      }
      rest = list[(place + 1)...]
    }
    let shown = rest.prefix(limit)
    return .object([
      ("object", .string("list")), ("data", .array(shown.map(\.json))),
      ("first_id", shown.first.map { .string($0.id) } ?? .null),
      ("last_id", shown.last.map { .string($0.id) } ?? .null),
      ("has_more", .bool(shown.count < rest.count)),
    ])
  }
}

/// What a request is answered with.
enum Delivery: Sendable {
  case json(JSON)
  case text(String, type: String = "text/plain; charset=utf-8")
  case bytes(Data)
  /// What takes as long as a model writes, and is given up where the client leaves.
  case later(@Sendable () async throws -> JSON)
  /// Server-sent events.
  case stream(@Sendable (StreamSender) async throws -> Void)
}

/// Sends a piece of a stream.
typealias StreamSender = (String) async throws -> Void
