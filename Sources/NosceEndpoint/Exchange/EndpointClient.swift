import Foundation
import NosceCore
import NosceFormats
import NoscePorts
import Synchronization

/// Asks one endpoint: as often as it takes, as much at a time as it bears, and nothing twice.
package final class EndpointClient: Sendable {
  struct State {
    /// What the server says of its version, and when it was last asked.
    var version: String?
    var asked: ContinuousClock.Instant?
    /// Whether it may be another by now.
    var isSuspect = false
    /// The names that it answers with, by the names that were asked for.
    var names: [String: String] = [:]
    var fingerprints: [String: Set<String>] = [:]
    /// Why nothing is asked any longer.
    var end: (ExchangeFault, url: String)?
    var sent = 0
  }

  package let endpoint: Endpoint
  package let journal: AnswerJournal?
  package let throttle: Throttle
  package let meter: CostMeter
  let carrier: any Carrier
  let versionHolds: Duration
  let flights = Flights<AnswerKey>()
  let state = Mutex(State())

  /// - Parameters:
  ///   - journal: where answers are kept; nil keeps none.
  ///   - purse: what it is paid from beside others; nil for what its settings say.
  ///   - versionHolds: how long what a server says of its version is believed.
  package init(
    _ endpoint: Endpoint, over carrier: any Carrier, journal: AnswerJournal?, purse: Purse? = nil,
    versionHolds: Duration = .seconds(30)
  ) {
    self.versionHolds = versionHolds
    self.endpoint = endpoint
    self.journal = journal
    self.carrier = carrier
    throttle = Throttle(endpoint.settings.concurrency)
    meter = CostMeter(endpoint.settings, from: purse)
  }

  /// What the server says of its version.
  package var version: String? { state.withLock(\.version) }
  /// The configurations that have answered, by the model that was asked for.
  package var fingerprints: [String: Set<String>] { state.withLock(\.fingerprints) }
  /// Requests that were sent, each attempt counted.
  package var sent: Int { state.withLock(\.sent) }

  // MARK: Asking

  /// An answer, from the journal or from the server.
  ///
  /// - Parameters:
  ///   - model: the model that is asked; another that answers ends everything.
  ///   - isKept: whether the answer is kept; what a server can do is asked anew every time.
  ///   - read: takes out of the answer what was asked for; what it throws as malformed is asked again,
  ///     and nothing is kept that it does not take.
  package func ask<Value: Sendable>(
    _ outgoing: Outgoing, model: String, isKept: Bool = true,
    read: @Sendable (JSON) throws(ExchangeFault) -> Value
  ) async throws -> Value {
    switch await outcome(outgoing, model: model, isKept: isKept, read: read) {
    case .success(let value): return value
    case .failure(let failure): throw failure.error
    }
  }

  /// The same, with the failure as it was.
  ///
  /// - Parameter model: nil where the answer is no model's.
  package func outcome<Value: Sendable>(
    _ outgoing: Outgoing, model: String?, isKept: Bool = true,
    read: @Sendable (JSON) throws(ExchangeFault) -> Value
  ) async -> Result<Value, Failure> {
    guard isKept, let journal else {
      return await send(outgoing, model: model, nil, isTrial: !isKept, read)
    }
    do throws(ExchangeFault) {
      try await begin()
    } catch {
      return .failure(Failure(fault: error, url: outgoing.url, attempts: 1))
    }
    let key = AnswerKey(
      method: outgoing.method, url: outgoing.url, generation: version ?? "",
      repetition: outgoing.repetition, body: outgoing.body)
    while true {
      do {
        if let body = try await journal.answer(key) {
          return .success(try Self.value(body, read, key: endpoint.key).value)
        }
      } catch let fault as ExchangeFault {
        return .failure(
          Failure(
            fault: fault, url: outgoing.url, attempts: 0,
            other: LabError(
              .storage,
              "\(journal.url.path): found a kept answer (\(key.text.prefix(12))) that is none: "
                + "\(fault.found); allowed: \(fault.allowed)", cause: fault)))
      } catch {
        return .failure(Failure(other: error, url: outgoing.url))
      }
      // Whoever asks the same at the same time waits, and finds it kept.
      guard await flights.begin(key) else { continue }
      let result = await send(outgoing, model: model, key, isTrial: false, read)
      flights.end(key)
      return result
    }
  }

  /// Why there is no answer.
  package struct Failure: Error, Sendable {
    package var fault: ExchangeFault
    package var url: String
    package var attempts: Int
    /// What else went wrong, such as the disk.
    package var other: (any Error)?

    init(fault: ExchangeFault, url: String, attempts: Int, other: (any Error)? = nil) {
      self.fault = fault
      self.url = url
      self.attempts = attempts
      self.other = other
    }

    init(other: any Error, url: String) {
      self.init(fault: ExchangeFault(.cancelled, "\(other)"), url: url, attempts: 0, other: other)
    }

    package var error: any Error {
      if let other { return other }
      return fault.kind == .cancelled
        ? CancellationError() : fault.error(at: url, attempts: attempts)
    }
  }

  private struct Answer<Value> {
    var value: Value
    var model: String?
    /// Nil where the server says nothing of it.
    var usage: TokenUsage?
    var fingerprint: String?
  }

  private func send<Value: Sendable>(
    _ outgoing: Outgoing, model: String?, _ key: AnswerKey?, isTrial: Bool,
    _ read: @Sendable (JSON) throws(ExchangeFault) -> Value
  ) async -> Result<Value, Failure> {
    var counts: [ExchangeFault.Kind: Int] = [:]
    var attempts = 0
    while true {
      do {
        try await checkVersion()
        try checkEnd()
        attempts += 1
        let (answer, body) = try await once(outgoing, read)
        if let model { try await check(answer.model, asked: model, url: outgoing.url) }
        if let model, let fingerprint = answer.fingerprint {
          state.withLock { _ = $0.fingerprints[model, default: []].insert(fingerprint) }
        }
        if let key, let journal {
          try await journal.keep(
            KeptAnswer(
              key: key, model: model ?? "", body: body, usage: answer.usage ?? TokenUsage(),
              fingerprint: answer.fingerprint))
        }
        return .success(answer.value)
      } catch let fault as ExchangeFault {
        counts[fault.kind, default: 0] += 1
        // A server that is started again breaks off what it was asked, and may be another version then.
        if fault.kind == .connection || fault.status == 503 { suspectVersion() }
        guard counts[fault.kind, default: 0] < most(fault.kind, isTrial: isTrial) else {
          return .failure(Failure(fault: fault, url: outgoing.url, attempts: attempts))
        }
        // A server that answers at once is not given time.
        if isTrial, fault.kind == .lacking { continue }
        do {
          try await pause(after: fault, number: counts[fault.kind, default: 0], outgoing)
        } catch {
          return .failure(Failure(fault: error, url: outgoing.url, attempts: attempts))
        }
      } catch {
        return .failure(Failure(other: error, url: outgoing.url))
      }
    }
  }

  /// One attempt.
  private func once<Value: Sendable>(
    _ outgoing: Outgoing, _ read: @Sendable (JSON) throws(ExchangeFault) -> Value
  ) async throws(ExchangeFault) -> (Answer<Value>, Data) {
    let era = try await throttle.enter()
    do throws(ExchangeFault) {
      try meter.hold(outgoing.most)
    } catch {
      throttle.leave(era, isOverload: nil)
      throw error
    }
    state.withLock { $0.sent += 1 }
    do throws(ExchangeFault) {
      let incoming = try await carrier.carry(outgoing)
      if let fault = incoming.fault(key: endpoint.key) { throw fault }
      let answer = try Self.value(incoming.body, read, key: endpoint.key)
      // What is not said is reckoned as the most that it can be, where there is a price.
      let most = meter.prices == nil || outgoing.most.output == 0 ? TokenUsage() : outgoing.most
      meter.settle(outgoing.most, paid: answer.usage ?? most)
      throttle.leave(era, isOverload: false)
      return (answer, incoming.body)
    } catch {
      // What was computed and did not arrive whole, or is waited for no longer, is paid for all the same.
      let isPaid =
        error.isSent
        || [.malformed, .lacking, .silence, .tooLarge, .cancelled].contains(error.kind)
      meter.settle(outgoing.most, paid: isPaid ? outgoing.most : nil)
      throttle.leave(era, isOverload: error.isOverload ? true : nil)
      throw error
    }
  }

  private static func value<Value>(
    _ body: Data, _ read: (JSON) throws(ExchangeFault) -> Value, key: EndpointKey?
  ) throws(ExchangeFault) -> Answer<Value> {
    let json: JSON
    do {
      json = try JSON(parsing: body)
    } catch {
      throw ExchangeFault(.malformed, "no JSON (\(error))", allowed: "JSON")
    }
    let value = try read(json)
    let stated = json.object?["usage"]?.object
    func count(_ name: String) -> Int? {
      stated?[name]?.integer.map { max(0, min($0, 1 << 40)) }
    }
    // A reply that is all prompt has no completion to count.
    let usage = count("prompt_tokens").map {
      TokenUsage(input: $0, output: count("completion_tokens") ?? 0)
    }
    return Answer(
      value: value, model: json.object?["model"]?.string,
      usage: usage,
      fingerprint: json.object?["system_fingerprint"]?.string.map {
        String((key?.scrubbed($0) ?? $0).prefix(200))
      })
  }

  // MARK: Attempts

  /// How often a request is sent at most.
  private func most(_ kind: ExchangeFault.Kind, isTrial: Bool) -> Int {
    let attempts = endpoint.settings.attempts
    return switch kind {
    case .connection: attempts.connection
    case .silence: attempts.silence
    case .busy: attempts.busy
    case .server: attempts.server
    // Of a server that is tried, that it does not do something is an answer; twice, since one may slip.
    case .lacking: isTrial ? min(2, attempts.malformed) : attempts.malformed
    case .malformed: attempts.malformed
    case .tooLarge, .credit, .redirect, .refused, .cost, .changed, .cancelled: 1
    }
  }

  /// Waits as long as the server asks for, or twice as long each time, by a little more or less so that
  /// not all come back at once.
  private func pause(
    after fault: ExchangeFault, number: Int, _ outgoing: Outgoing
  ) async throws(ExchangeFault) {
    let waits = endpoint.settings.waits
    if let wait = fault.wait, wait > waits.longest {
      var fault = fault
      fault.found += ", and to be asked again in \(Int(wait)) s"
      fault.allowed = "at most \(waits.longest) s; what was answered is kept, go on later"
      throw fault
    }
    var draws = SeededGenerator(
      seed: UInt64(number), labStream: "\(outgoing.url)|\(outgoing.body.count)|\(sent)")
    let own = min(30, waits.first * pow(2, Double(number - 1))) * (0.75 + draws.uniform() / 2)
    do {
      try await Task.sleep(for: .seconds(fault.wait ?? own))
    } catch {
      throw ExchangeFault(.cancelled, "a stop")
    }
  }

  // MARK: Other requests

  /// One request that is sent once, and what came, whatever its status.
  package func exchange(_ outgoing: Outgoing) async throws(ExchangeFault) -> Incoming {
    try checkEnd()
    let era = try await throttle.enter()
    state.withLock { $0.sent += 1 }
    do throws(ExchangeFault) {
      let incoming = try await carrier.carry(outgoing)
      throttle.leave(era, isOverload: false)
      return incoming
    } catch {
      throttle.leave(era, isOverload: error.isOverload ? true : nil)
      throw error
    }
  }
}
