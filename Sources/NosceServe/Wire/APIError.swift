import NosceCore
import NosceFormats

/// A refusal or failure as OpenAI's clients read it: a status and
/// `{"error": {"message", "type", "param", "code"}}`.
package struct APIError: Error, Sendable, Equatable {
  package var status: Int
  package var message: String
  package var type: String
  /// The key of the request that is to blame.
  package var parameter: String?
  package var code: String?
  /// Seconds after which it may be tried again.
  package var retryAfter: Int?
  /// The methods that a path takes, where another was used.
  package var allow: [String] = []

  package init(
    _ status: Int, _ message: String, type: String = "invalid_request_error",
    parameter: String? = nil, code: String? = nil, retryAfter: Int? = nil,
    allow: [String] = []
  ) {
    self.allow = allow
    self.status = status
    self.message = message
    self.type = type
    self.parameter = parameter
    self.code = code
    self.retryAfter = retryAfter
  }

  package var json: JSON {
    .object([
      (
        "error",
        .object([
          ("message", .string(message)), ("type", .string(type)),
          ("param", parameter.map { .string($0) } ?? .null),
          ("code", code.map { .string($0) } ?? .null),
        ])
      )
    ])
  }
}

extension APIError {
  /// A value of the request that is not allowed.
  static func invalid(
    _ parameter: String, found: String, allowed: String, code: String? = "invalid_value"
  ) -> APIError {
    APIError(
      400, "\(parameter): found \(found); allowed: \(allowed)", parameter: parameter, code: code)
  }

  static func noModel(_ name: String) -> APIError {
    APIError(
      404, "The model `\(name.prefix(200))` does not exist; /v1/models lists those that do.",
      parameter: "model", code: "model_not_found")
  }

  static func nothing(_ kind: String, _ id: String, parameter: String) -> APIError {
    APIError(
      404, "No such \(kind): \(id.prefix(100))", parameter: parameter, code: "\(kind)_not_found")
  }

  static func tooLarge(_ what: String, limit: Int) -> APIError {
    APIError(
      413, "found \(what) of more than \(limit) bytes; allowed: at most \(limit)",
      code: "request_too_large")
  }

  static func busy(_ what: String) -> APIError {
    APIError(
      429, "\(what); try again in a moment", type: "rate_limit_error", code: "queue_full",
      retryAfter: 1)
  }

  static func timeout() -> APIError {
    APIError(
      503, "found an answer that was not there in time; allowed: what --time-limit says",
      type: "server_error", code: "timeout", retryAfter: 1)
  }

  /// What the server itself could not do.
  static func failure(_ error: any Error) -> APIError {
    if let error = error as? APIError { return error }
    if let error = error as? LabError, error.code == .storage {
      return APIError(
        507, error.message, type: "server_error", code: "storage")
    }
    return APIError(500, "\(error)", type: "server_error", code: "internal_error")
  }
}
