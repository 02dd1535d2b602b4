import Foundation
import NosceFormats

/// What stands around the choices of an answer.
struct Envelope: Sendable {
  let id: String
  let object: String
  let created: Int
  let model: ServedModel

  init(_ prefix: String, object: String, _ model: ServedModel) {
    id = "\(prefix)-\(UUID().uuidString.lowercased().replacing("-", with: ""))"
    self.object = object
    created = Int(Date().timeIntervalSince1970)
    self.model = model
  }

  func json(
    _ choices: [JSON], usage: JSON?, _ more: [(key: String, value: JSON)] = []
  ) -> JSON {
    .object(
      [
        ("id", .string(id)), ("object", .string(object)), ("created", .integer(created)),
        ("model", .string(model.id)), ("system_fingerprint", .string(model.fingerprint)),
        ("choices", .array(choices)),
      ] + (usage.map { [("usage", $0)] } ?? []) + more)
  }

  /// One event of a stream.
  func event(_ choices: [JSON], usage: JSON? = nil) -> String {
    "data: \(json(choices, usage: usage).text(indent: 0))\n\n"
  }
}

extension TokenUsage {
  var json: JSON {
    .object([
      ("prompt_tokens", .integer(prompt)), ("completion_tokens", .integer(completion)),
      ("total_tokens", .integer(prompt + completion)),
    ])
  }
}

/// The pieces of a stream of server-sent events that are the same everywhere.
enum EventStream {
  static let end = "data: [DONE]\n\n"
  /// A comment, which clients pass over.
  static let silence = ": waiting\n\n"

  static func error(_ error: APIError) -> String { "data: \(error.json.text(indent: 0))\n\n" }
}
