import Foundation
import NosceCore
import NosceFormats

/// Why a request has no answer.
package struct ExchangeFault: Error, Sendable, Hashable {
  package enum Kind: String, Sendable, CaseIterable {
    /// No connection, or one that broke off.
    case connection
    /// Nothing came in time.
    case silence
    /// Too much at a time.
    case busy
    /// The server failed.
    case server
    /// What came is no answer.
    case malformed
    /// What came is an answer, without what was asked for.
    case lacking
    /// More came than is read.
    case tooLarge
    /// The account has nothing left.
    case credit
    /// The server sends elsewhere.
    case redirect
    /// The server does not take the request, and would not the next time.
    case refused
    /// It would cost more than is allowed.
    case cost
    /// Another model or another version answers than did before.
    case changed
    case cancelled
  }

  package var kind: Kind
  /// What was found, in words, without secrets.
  package var found: String
  package var allowed: String
  package var status: Int?
  /// How long the server asks to wait.
  package var wait: Double?
  /// Whether the request had left before the connection broke off, so that it may have been computed.
  package var isSent: Bool

  package init(
    _ kind: Kind, _ found: String, allowed: String = "an answer", status: Int? = nil,
    wait: Double? = nil, isSent: Bool = false
  ) {
    self.isSent = isSent
    self.kind = kind
    self.found = found
    self.allowed = allowed
    self.status = status
    self.wait = wait
  }

  /// Whether the request itself is to blame, so that another one might be answered.
  private var isOfRequest: Bool {
    kind == .refused && status.map { [400, 413, 422].contains($0) } ?? false
  }

  /// Whether the server has too much to do.
  var isOverload: Bool { kind == .busy || kind == .silence }

  /// The failure as users see it, with the place.
  func error(at url: String, attempts: Int = 1) -> LabError {
    let times = attempts > 1 ? " (the last of \(attempts) attempts)" : ""
    return LabError(
      .backend, "\(url): found \(found)\(times); allowed: \(allowed)", cause: self,
      isPassing: !isOfRequest)
  }
}

extension Incoming {
  /// Why the reply is no answer; nil where its status says that it is one.
  ///
  /// - Parameter key: is taken out of what the server says.
  func fault(key: EndpointKey?) -> ExchangeFault? {
    if (200..<300).contains(status) { return nil }
    let said = Self.words(body)
    let text = said.message.isEmpty ? "" : ": \(key?.scrubbed(said.message) ?? said.message)"
    let found = "status \(status)\(text)"
    if (300..<400).contains(status) {
      return ExchangeFault(
        .redirect, "status \(status), which sends elsewhere",
        allowed: "an answer; give the URL where it really is", status: status)
    }
    if status == 402 || !said.codes.isDisjoint(with: Self.creditCodes) {
      return ExchangeFault(
        .credit, found, allowed: "an account with credit; what was answered is kept",
        status: status)
    }
    if headers["x-should-retry"] == "false" {
      return ExchangeFault(.refused, found, status: status)
    }
    switch status {
    case 429, 503, 529: return ExchangeFault(.busy, found, status: status, wait: wait)
    case 408, 409, 425, 500...: return ExchangeFault(.server, found, status: status, wait: wait)
    default:
      return ExchangeFault(
        headers["x-should-retry"] == "true" ? .server : .refused, found,
        allowed: "what the server takes", status: status)
    }
  }

  private static let creditCodes: Set<String> = [
    "insufficient_quota", "billing_hard_limit_reached", "billing_not_active",
    "insufficient_balance", "insufficient_credits", "credit_limit_reached",
  ]

  /// What an error's body says, on one line, and its codes.
  private static func words(_ body: Data) -> (message: String, codes: Set<String>) {
    guard let json = try? JSON(parsing: body.prefix(1 << 16)) else {
      return (line(String(decoding: body.prefix(400), as: UTF8.self)), [])
    }
    let object = json.object?["error"]?.object ?? json.object
    let plain = json.object?["error"]?.string ?? json.object?["detail"]?.string
    let message = object?["message"]?.string ?? plain ?? ""
    let codes = [object?["code"]?.string, object?["type"]?.string].compactMap(\.self)
    let place = object?["param"]?.string.map { " (\($0))" } ?? ""
    return (line(message + place), Set(codes))
  }

  private static func line(_ text: String) -> String {
    let visible = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: visible.prefix(300))
    return String(result).trimmingCharacters(in: .whitespaces)
  }

  /// How long the server asks to wait, in seconds, at most ``longestWait``: milliseconds, seconds, or a
  /// date.
  var wait: Double? {
    func bounded(_ seconds: Double) -> Double? {
      // Whoever asks for longer than a number can count asks for the longest.
      seconds >= 0 ? min(seconds, Self.longestWait) : nil
    }
    if let text = headers["retry-after-ms"], let value = Double(text), value >= 0 {
      return bounded(value / 1000)
    }
    guard let text = headers["retry-after"] else { return nil }
    if let seconds = Double(text) { return bounded(seconds) }
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(secondsFromGMT: 0)
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
    return format.date(from: text).flatMap { bounded(max(0, $0.timeIntervalSinceNow)) }
  }

  /// Some hundred days, in seconds.
  private static let longestWait = 1e7
}
