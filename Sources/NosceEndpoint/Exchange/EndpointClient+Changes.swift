import Foundation
import NosceCore
import NosceFormats
import Synchronization

/// What must stay the same as long as answers are to be one model's: its name, and the server's version.
extension EndpointClient {
  func checkEnd() throws(ExchangeFault) {
    if let end = state.withLock(\.end) { throw end.0 }
  }

  private func end(_ fault: ExchangeFault, _ url: String) -> ExchangeFault {
    state.withLock { state in
      if state.end == nil { state.end = (fault, url) }
      return state.end?.0 ?? fault
    }
  }

  /// Refuses an answer of another model than has answered before, and one of the base model where an
  /// adapter was asked for.
  func check(_ answered: String?, asked: String, url: String) async throws {
    guard let answered else { return }
    let shown = endpoint.key?.scrubbed(String(answered.prefix(200))) ?? String(answered.prefix(200))
    let (known, base) = state.withLock { ($0.names[asked], $0.names[endpoint.model]) }
    if let known {
      guard known == shown else { throw end(Self.otherModel(shown, known, asked), url) }
      return
    }
    if asked != endpoint.model, shown == base ?? endpoint.model {
      throw end(
        ExchangeFault(
          .changed, "an answer of the model '\(shown)' where '\(asked)' was asked",
          allowed: "an answer of the adapter; does the server ignore it?"), url)
    }
    let first =
      try await journal?.name(of: asked, generation: generation, orNow: shown) ?? shown
    state.withLock { $0.names[asked] = $0.names[asked] ?? first }
    guard first == shown else { throw end(Self.otherModel(shown, first, asked), url) }
  }

  private static func otherModel(_ found: String, _ known: String, _ asked: String) -> ExchangeFault
  {
    ExchangeFault(
      .changed, "an answer of the model '\(found)' to what was asked of '\(asked)'",
      allowed:
        "the model '\(known)', which has answered so far; to begin anew, move the kept answers away"
    )
  }

  private var generation: String { "\(endpoint.url.text)\n\(version ?? "")" }

  /// Learns the version, once for everybody: what is kept is kept under it.
  package func begin() async throws(ExchangeFault) {
    if state.withLock({ $0.asked != nil }) { return }
    let key = versionKey
    while state.withLock({ $0.asked == nil }) {
      // Whoever asks at the same time waits, and looks again.
      guard await flights.begin(key) else { continue }
      defer { flights.end(key) }
      if state.withLock({ $0.asked != nil }) { return }
      let found = try await currentVersion()
      state.withLock { state in
        state.version = found
        state.asked = .now
      }
    }
  }

  /// Asks for the version where that was not done lately, or where it may have changed; another than
  /// before ends everything.
  package func checkVersion() async throws(ExchangeFault) {
    try await begin()
    while isDue {
      // Whoever asks at the same time waits, and looks again.
      guard await flights.begin(versionKey) else { continue }
      defer { flights.end(versionKey) }
      guard isDue else { return }
      let found: String?
      do {
        found = try await currentVersion()
      } catch {
        let isSuspect = state.withLock { state in
          state.asked = .now
          return state.isSuspect
        }
        // What cannot be asked now is asked again later, but where everything hangs on it.
        if isSuspect || error.kind == .cancelled { throw error }
        return
      }
      state.withLock { state in
        state.asked = .now
        state.isSuspect = false
      }
      let known = version
      if found == known { return }
      throw end(
        ExchangeFault(
          .changed, "version \(found ?? "none") of the server",
          allowed: "\(known ?? "none"), which has answered so far. Start a new run"),
        endpoint.url.text)
    }
  }

  private var isDue: Bool {
    state.withLock { state in
      let holds = state.asked.map { $0.duration(to: .now) < versionHolds } ?? false
      return !holds || state.isSuspect
    }
  }

  private var versionKey: AnswerKey {
    AnswerKey(method: "GET", url: endpoint.url.beside("/version"), generation: "", body: Data())
  }

  /// Has the version asked for again before anything else is sent.
  func suspectVersion() {
    state.withLock { state in
      if state.asked != nil { state.isSuspect = true }
    }
  }

  /// What `/version` says; nil where there is nothing of the kind.
  private func currentVersion() async throws(ExchangeFault) -> String? {
    for place in ["/version", "/api/version"] {
      let incoming = try await carrier.carry(Outgoing("GET", endpoint.url.beside(place)))
      if incoming.status == 200, let json = try? JSON(parsing: incoming.body.prefix(1 << 16)),
        let object = json.object
      {
        let text = object["version"]?.string ?? json.text(indent: 0)
        return String((endpoint.key?.scrubbed(text) ?? text).prefix(200))
      }
      if incoming.status == 429 || incoming.status >= 500,
        let fault = incoming.fault(key: endpoint.key)
      {
        throw fault
      }
    }
    return nil
  }
}
