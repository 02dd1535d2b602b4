#if HTTP
import Foundation
import NosceCore
import NosceEndpoint
import NosceFormats
import NosceTestSupport
import Synchronization
import Testing

/// Counts what came, and answers by the number of the attempt.
private final class Attempts: Sendable {
  private let state = Mutex<(count: Int, times: [ContinuousClock.Instant])>((0, []))
  let act: @Sendable (Int, SeenRequest) -> ServerAct

  init(_ act: @escaping @Sendable (Int, SeenRequest) -> ServerAct) { self.act = act }

  var count: Int { state.withLock(\.count) }
  /// Seconds between the first two attempts.
  var gap: Double {
    state.withLock { state in
      state.times.count < 2 ? 0 : state.times[0].duration(to: state.times[1]) / .seconds(1)
    }
  }

  @Sendable func answer(_ seen: SeenRequest) async -> ServerAct {
    if seen.method == "GET" { return .error(404, "Not Found") }
    let number = state.withLock { state in
      state.count += 1
      state.times.append(.now)
      return state.count
    }
    return act(number, seen)
  }
}

@Suite("One request to an endpoint")
struct ExchangeTests {
  /// A fault that goes away after some attempts.
  enum Passing: String, CaseIterable, CustomTestStringConvertible {
    case busy, busyWithWait, busyWithMilliseconds, unavailable, failing, noBody, reset, stall
    case stallInside, brokenOff, cutJSON, noJSON, otherJSON, twoKeys

    var testDescription: String { rawValue }

    func act(_ seen: SeenRequest) -> ServerAct {
      let whole = Data(saying(seen).text(indent: 0).utf8)
      return switch self {
      case .busy: .error(429, "slow down")
      case .busyWithWait: .error(429, "slow down", headers: ["Retry-After": "0.2"])
      case .busyWithMilliseconds: .error(429, "slow down", headers: ["retry-after-ms": "200"])
      case .unavailable: .error(503, "loading")
      case .failing: .error(500, "failed")
      case .noBody: .reply(502, [:], Data())
      case .reset: .reset
      case .stall: .stall
      case .stallInside: .part(whole.prefix(9), of: whole.count, then: .stall)
      case .brokenOff: .part(whole.prefix(9), of: whole.count, then: .close)
      case .cutJSON: .reply(200, [:], whole.dropLast(5))
      case .noJSON: .reply(200, [:], Data("<html>".utf8))
      case .otherJSON: .json(.object([("said", .null)]))
      case .twoKeys: .reply(200, [:], Data(#"{"said": "a", "said": "b"}"#.utf8))
      }
    }
  }

  @Test("What passes is asked again, and the answer is the answer", arguments: Passing.allCases)
  func passing(_ fault: Passing) async throws {
    let attempts = Attempts { number, seen in
      number < 3 ? fault.act(seen) : .json(saying(seen))
    }
    try await withServer(attempts.answer) { server in
      let client = try client(
        server,
        settings: quickSettings {
          $0.waits.firstByte = 0.3
          $0.waits.silence = 0.3
          $0.attempts.silence = 3
        })
      #expect(try await say("this", client) == "echo of this")
      #expect(attempts.count == 3)
      if fault == .busyWithWait || fault == .busyWithMilliseconds {
        #expect(attempts.gap >= 0.19)
      }
    }
  }

  @Test("Every kind of fault has its own limit", arguments: Passing.allCases)
  func limits(_ fault: Passing) async throws {
    let attempts = Attempts { _, seen in fault.act(seen) }
    try await withServer(attempts.answer) { server in
      let client = try client(
        server,
        settings: quickSettings {
          $0.waits.firstByte = 0.2
          $0.waits.silence = 0.2
          $0.attempts.busy = 2
          $0.attempts.server = 3
          $0.attempts.connection = 4
          $0.attempts.silence = 2
          $0.attempts.malformed = 3
        })
      let message = await words { _ = try await say("this", client) }
      #expect(message.hasPrefix("\(server.url)/v1/chat/completions: found "), "\(message)")
      #expect(message.contains("; allowed: "), "\(message)")
      let expected =
        switch fault {
        case .busy, .busyWithWait, .busyWithMilliseconds, .unavailable, .stall, .stallInside: 2
        case .failing, .noBody, .cutJSON, .noJSON, .otherJSON, .twoKeys: 3
        case .reset, .brokenOff: 4
        }
      #expect(attempts.count == expected, "\(message)")
    }
  }

  @Test(
    "What would be the same the next time is asked once",
    arguments: [
      (400, "context_length_exceeded"), (401, "invalid_api_key"), (403, "forbidden"),
      (404, "model_not_found"), (422, "validation"), (429, "insufficient_quota"), (402, "none"),
    ])
  func permanent(_ status: Int, _ code: String) async throws {
    let attempts = Attempts { _, _ in .error(status, "because", code: code) }
    try await withServer(attempts.answer) { server in
      let message = await words { _ = try await say("this", try client(server)) }
      #expect(message.contains("status \(status): because"), "\(message)")
      #expect(attempts.count == 1)
      if status == 402 || code == "insufficient_quota" { #expect(message.contains("credit")) }
    }
  }

  @Test("Nothing is followed, whatever a server sends on to", arguments: [301, 302, 307, 308])
  func redirects(_ status: Int) async throws {
    let other = Attempts { _, seen in .json(saying(seen)) }
    try await withServer(other.answer) { target in
      let attempts = Attempts { _, _ in
        .reply(status, ["Location": "\(target.url)/v1/chat/completions"], Data())
      }
      try await withServer(attempts.answer) { server in
        let message = await words {
          _ = try await say("this", try client(server, key: "CANARY-12345"))
        }
        #expect(message.contains("sends elsewhere"))
        #expect(attempts.count == 1 && other.count == 0)
      }
    }
  }

  @Test("A wait that is too long is not waited for")
  func longWait() async throws {
    let attempts = Attempts { _, _ in .error(429, "tomorrow", headers: ["Retry-After": "3600"]) }
    try await withServer(attempts.answer) { server in
      let message = await words { _ = try await say("this", try client(server)) }
      #expect(message.contains("3600 s") && attempts.count == 1)
    }
  }

  @Test("A reply that is too large is not read")
  func large() async throws {
    let attempts = Attempts { _, _ in .reply(200, [:], Data(repeating: 0x20, count: 100_000)) }
    try await withServer(attempts.answer) { server in
      let client = try client(server, settings: quickSettings { $0.replyBytes = 10_000 })
      let message = await words { _ = try await say("this", client) }
      #expect(message.contains("more than 10000 bytes") && attempts.count == 1)
    }
  }

  @Test("A port where nothing listens is known at once")
  func nobody() async throws {
    let server = try await ScriptedServer { _ in .stall }
    await server.stop()
    // Otherwise this takes an hour.
    let client = try client(server, settings: quickSettings { $0.waits.connecting = 3600 })
    let message = await words { _ = try await say("this", client) }
    #expect(message.contains("no connection"), "\(message)")
  }

  @Test("Whoever is stopped waits no longer")
  func stopped() async throws {
    let attempts = Attempts { _, _ in .stall }
    try await withServer(attempts.answer) { server in
      let client = try client(server, settings: quickSettings { $0.waits.firstByte = 60 })
      let task = Task { try await say("this", client) }
      while attempts.count == 0 { try await Task.sleep(for: .milliseconds(5)) }
      task.cancel()
      await #expect(throws: CancellationError.self) { _ = try await task.value }
    }
  }

  // MARK: Changes

  @Test("Another model's answer ends everything, and is kept nowhere")
  func otherModel() async throws {
    let attempts = Attempts { number, seen in
      .json(saying(seen, model: number < 3 ? "toy-2024" : "toy-2025"))
    }
    try await withFolder { folder in
      try await withServer(attempts.answer) { server in
        let journal = try AnswerJournal(in: folder)
        let client = try client(server, journal: journal)
        // A model may answer by a longer name than it is asked by.
        _ = try await say("1", client)
        _ = try await say("2", client)
        let message = await words { _ = try await say("3", client) }
        #expect(message.contains("'toy-2025'") && message.contains("'toy-2024'"), "\(message)")
        #expect(try await journal.count() == 2)
        // Nothing is sent any longer; what was answered is there.
        let again = await words { _ = try await say("4", client) }
        #expect(again.contains("'toy-2025'") && attempts.count == 3)
        #expect(try await say("1", client) == "echo of 1")
        // Another process remembers it.
        let other = try NosceEndpointTests.client(server, journal: journal)
        let later = await words { _ = try await say("5", other) }
        #expect(later.contains("'toy-2025'"))
      }
    }
  }

  @Test("Where an adapter was asked, the base model's answer is none")
  func ignoredAdapter() async throws {
    let attempts = Attempts { _, seen in .json(saying(seen, model: "toy")) }
    try await withServer(attempts.answer) { server in
      let client = try client(server)
      _ = try await say("1", client)
      let message = await words { _ = try await say("1", client, model: "toy-lora") }
      #expect(message.contains("ignore it"), "\(message)")
    }
  }

  @Test("Another fingerprint is noted, and goes on")
  func fingerprints() async throws {
    let attempts = Attempts { number, seen in .json(saying(seen, fingerprint: "fp-\(number)")) }
    try await withServer(attempts.answer) { server in
      let client = try client(server)
      _ = try await say("1", client)
      _ = try await say("2", client)
      #expect(client.fingerprints == ["toy": ["fp-1", "fp-2"]])
    }
  }

  @Test("A server that broke off and comes back as another version ends everything at once")
  func restarted() async throws {
    let state = Mutex((isNew: false, resets: 0))
    try await withServer({ seen in
      if seen.path == "/version" {
        return .json(.object([("version", .string(state.withLock { $0.isNew ? "2" : "1" }))]))
      }
      if seen.json?["say"]?.string == "2" {
        state.withLock {
          $0.isNew = true
          $0.resets += 1
        }
        return .reset
      }
      return .json(saying(seen))
    }) { server in
      let client = try client(server)
      _ = try await say("1", client)
      let message = await words { _ = try await say("2", client) }
      #expect(message.contains("version 2") && message.contains("allowed: 1"), "\(message)")
      #expect(state.withLock(\.resets) == 1)
    }
  }

  @Test(
    "As many are under way as the server bears: more as it goes well, half as many where it does not"
  )
  func bears() async throws {
    let isBusy = Mutex(false)
    try await withServer({ seen in
      if seen.method == "GET" { return .error(404, "Not Found") }
      let refuses = isBusy.withLock { busy in
        defer { busy = false }
        return busy
      }
      return refuses
        ? .error(429, "slow down", headers: ["retry-after-ms": "1"]) : .json(saying(seen))
    }) { server in
      let client = try client(
        server, settings: quickSettings { $0.concurrency = .init(least: 1, most: 64) })
      #expect(client.throttle.limit == 8)
      for number in 0..<150 { _ = try await say("\(number)", client) }
      let grown = client.throttle.limit
      #expect(grown > 12 && grown <= 64)
      isBusy.withLock { $0 = true }
      _ = try await say("busy", client)
      #expect(client.throttle.limit <= grown / 2 + 1)
    }
  }

  @Test("Another version ends everything")
  func version() async throws {
    let isNew = Mutex(false)
    try await withServer({ seen in
      if seen.path == "/version" {
        return .json(.object([("version", .string(isNew.withLock { $0 ? "2" : "1" }))]))
      }
      return .json(saying(seen))
    }) { server in
      let endpoint = try endpoint(server)
      let client = EndpointClient(
        endpoint, over: HTTPCarrier(endpoint), journal: nil, versionHolds: .zero)
      _ = try await say("1", client)
      #expect(client.version == "1")
      isNew.withLock { $0 = true }
      let message = await words { _ = try await say("2", client) }
      #expect(message.contains("version 2") && message.contains("allowed: 1"), "\(message)")
      await #expect(throws: LabError.self) { _ = try await say("3", client) }
    }
  }
}
#endif
