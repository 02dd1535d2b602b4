#if HTTP
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NosceCore
import Synchronization

/// Carries requests over HTTP/1.1, on connections that are kept.
///
/// Nothing is sent where a server sends on to, no reply is unpacked, and no proxy of the environment is
/// used: what is sent goes where the URL says.
package final class HTTPCarrier: Carrier {
  private let endpoint: Endpoint
  private let client: HTTPClient

  package init(_ endpoint: Endpoint) {
    self.endpoint = endpoint
    let waits = endpoint.settings.waits
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      // The client knows one time for all reading; what it is in a body is watched here.
      timeout: HTTPClient.Configuration.Timeout(
        connect: Self.amount(waits.connecting),
        read: Self.amount(max(waits.firstByte, waits.silence) + 5)),
      connectionPool: HTTPClient.Configuration.ConnectionPool(
        idleTimeout: .seconds(20),
        concurrentHTTP1ConnectionsPerHostSoftLimit: endpoint.settings.concurrency.most),
      decompression: .disabled)
    configuration.httpVersion = .http1Only
    // A server that is not there is known at once; when it is tried again is decided here.
    configuration.connectionPool.retryConnectionEstablishment = false
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  deinit { client.shutdown { _ in } }

  private static func amount(_ seconds: Double) -> TimeAmount {
    .milliseconds(Int64((seconds * 1000).rounded(.up)))
  }

  package func carry(_ outgoing: Outgoing) async throws(ExchangeFault) -> Incoming {
    var request = HTTPClientRequest(url: outgoing.url)
    request.method = HTTPMethod(rawValue: outgoing.method)
    request.headers = headers(outgoing)
    if outgoing.method != "GET" { request.body = .bytes(ByteBuffer(bytes: outgoing.body)) }
    let response: HTTPClientResponse
    do {
      response = try await client.execute(
        request, deadline: .now() + Self.amount(endpoint.settings.waits.firstByte))
    } catch {
      throw fault(error, inBody: false)
    }
    let body: Data
    do {
      body = try await read(response)
    } catch let fault as ExchangeFault {
      throw fault
    } catch {
      throw fault(error, inBody: true)
    }
    return Incoming(
      status: Int(response.status.code),
      headers: Dictionary(
        response.headers.map { ($0.name.lowercased(), $0.value) },
        uniquingKeysWith: { first, _ in first }),
      body: endpoint.key?.scrubbed(body) ?? body)
  }

  private func headers(_ outgoing: Outgoing) -> HTTPHeaders {
    var headers = HTTPHeaders([("Accept", "application/json"), ("User-Agent", "nosce")])
    if let type = outgoing.type { headers.add(name: "Content-Type", value: type) }
    if let key = endpoint.key { headers.add(name: "Authorization", value: key.header) }
    if let organization = endpoint.organization {
      headers.add(name: "OpenAI-Organization", value: organization)
    }
    if let project = endpoint.project { headers.add(name: "OpenAI-Project", value: project) }
    return headers
  }

  // MARK: The body

  /// When something came last.
  private final class Beat: Sendable {
    private let last = Mutex(ContinuousClock.now)

    func note() { last.withLock { $0 = .now } }
    var silence: Duration { last.withLock { $0.duration(to: .now) } }
  }

  /// All of the body, as long as it is not too large and nothing in it takes too long.
  private func read(_ response: HTTPClientResponse) async throws -> Data {
    let most = endpoint.settings.replyBytes
    let allowed = Duration.seconds(endpoint.settings.waits.silence)
    return try await withThrowingTaskGroup(of: Data?.self) { group in
      let beat = Beat()
      group.addTask {
        var data = Data()
        for try await part in response.body {
          beat.note()
          guard data.count + part.readableBytes <= most else {
            throw ExchangeFault(
              .tooLarge, "a reply of more than \(most) bytes", allowed: "at most as many")
          }
          data.append(contentsOf: part.readableBytesView)
        }
        return data
      }
      group.addTask {
        while beat.silence < allowed {
          try await Task.sleep(for: allowed - beat.silence + .milliseconds(1))
        }
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let data = first else {
        throw ExchangeFault(
          .silence, "silence in the middle of a reply",
          allowed: "its next piece within \(endpoint.settings.waits.silence) s")
      }
      return data
    }
  }

  // MARK: Failures

  /// Whether the other side has ended a connection that there was.
  private static func isBroken(_ error: any Error) -> Bool {
    (error as? IOError).map { [ECONNRESET, EPIPE].contains($0.errnoCode) } ?? false
  }

  private func fault(_ error: any Error, inBody: Bool) -> ExchangeFault {
    if Task.isCancelled || error is CancellationError { return ExchangeFault(.cancelled, "a stop") }
    let waits = endpoint.settings.waits
    switch error as? HTTPClientError {
    case .deadlineExceeded?, .readTimeout?:
      return ExchangeFault(
        .silence, inBody ? "silence in the middle of a reply" : "no reply",
        allowed: inBody
          ? "its next piece within \(waits.silence) s"
          : "its first byte within \(waits.firstByte) s")
    case .connectTimeout?, .getConnectionFromPoolTimeout?:
      return ExchangeFault(
        .connection, "no connection", allowed: "one within \(waits.connecting) s")
    case .cancelled?:
      return ExchangeFault(.connection, "a request that was broken off", isSent: true)
    case let known?:
      return ExchangeFault(
        .connection, (inBody ? "a reply that broke off: " : "") + known.shortDescription,
        isSent: true)
    case nil:
      let words = "\(error)".prefix(300)
      let text = endpoint.key?.scrubbed(String(words)) ?? String(words)
      return ExchangeFault(
        .connection, inBody ? "a reply that broke off (\(text))" : "no connection (\(text))",
        allowed: "a server that answers", isSent: inBody || Self.isBroken(error))
    }
  }
}
#endif
