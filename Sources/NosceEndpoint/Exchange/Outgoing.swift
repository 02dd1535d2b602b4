import Foundation
import NosceFormats

/// A request, as it is sent.
package struct Outgoing: Sendable {
  package var method: String
  package var url: String
  package var body: Data
  package var type: String?
  /// Tells apart requests that are the same and are to be answered anew.
  package var repetition = 0
  /// The most tokens that can be paid for.
  package var most = TokenUsage()

  package init(
    _ method: String, _ url: String, body: Data = Data(), type: String? = nil,
    repetition: Int = 0, most: TokenUsage = .init()
  ) {
    self.method = method
    self.url = url
    self.body = body
    self.type = type
    self.repetition = repetition
    self.most = most
  }

  /// A question in JSON.
  ///
  /// - Parameter output: the most tokens of an answer. A prompt has at most as many as it has bytes.
  package static func post(
    _ url: String, _ json: JSON, output: Int = 0, repetition: Int = 0
  ) -> Outgoing {
    let body = Data(json.text(indent: 0).utf8)
    return Outgoing(
      "POST", url, body: body, type: "application/json", repetition: repetition,
      most: TokenUsage(input: body.count, output: output))
  }
}

/// What came back.
package struct Incoming: Sendable {
  package var status: Int
  /// By their names in small letters.
  package var headers: [String: String]
  package var body: Data

  package init(status: Int, headers: [String: String] = [:], body: Data = Data()) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Carries a request to its server, once, and brings back what comes.
package protocol Carrier: Sendable {
  func carry(_ outgoing: Outgoing) async throws(ExchangeFault) -> Incoming
}
