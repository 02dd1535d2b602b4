#if HTTP
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NosceFormats
import Synchronization

/// Turns HTTP requests into calls and what comes of them into responses.
struct Responder: HTTPResponder {
  typealias Context = BasicRequestContext

  let service: Service
  let door: Doorkeeper
  let port: PortBox

  func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
    let start = ContinuousClock.now
    let found = Result { () throws(APIError) in try find(request) }
    let operation = try? found.get().operation
    var response: Response
    do {
      try door.check(
        operation, authority: request.head.authority, origin: request.headers[.origin],
        authorization: request.headers[.authorization], port: port.value)
      response = try await answer(request, try found.get())
    } catch is CancellationError {
      // Nobody reads this.
      response = Self.response(APIError(499, "the client has left", code: "client_left"))
    } catch {
      response = Self.response(APIError.failure(error))
    }
    // What a client uploaded is shown as what it is, whatever it looks like.
    response.headers[.xContentTypeOptions] = "nosniff"
    // Nothing stands behind the head of such an answer.
    if request.method == .head { response = response.createHeadResponse() }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    service.metrics.count(operation, status: response.status.code, seconds: seconds)
    return response
  }

  private typealias Found = (operation: Operation, parameters: [String: String])

  private func find(_ request: Request) throws(APIError) -> Found {
    let segments = request.uri.path.split(separator: "/").map {
      String($0).removingPercentEncoding ?? String($0)
    }
    return try Operation.find(request.method.rawValue, segments)
  }

  private func answer(_ request: Request, _ found: Found) async throws -> Response {
    var request = request
    let body = try await body(of: &request, found.operation)
    let call = Call(
      operation: found.operation, parameters: found.parameters, query: Self.query(request),
      contentType: request.headers[.contentType] ?? "", body: body)
    let delivery = try await service.deliver(call)
    guard case .later(let work) = delivery else { return Self.response(delivery, request) }
    let whole = try await request.body.consumeWithCancellationOnInboundClose { _ in
      try await work()
    }
    var response = Self.response(.json(whole), request)
    // Watching for a client that leaves uses the connection up.
    response.headers[.connection] = "close"
    return response
  }

  private static func query(_ request: Request) -> [String: String] {
    var query: [String: String] = [:]
    for (key, value) in request.uri.queryParameters { query[String(key)] = String(value) }
    return query
  }

  private func body(of request: inout Request, _ operation: Operation) async throws -> [UInt8] {
    let limit: Int
    let type = (request.headers[.contentType] ?? "").split(separator: ";").first
      .map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
    switch operation.body {
    // Some clients send an empty object where nothing is asked for.
    case .none: limit = 1_024
    case .json:
      guard type == "application/json" else { throw Self.wrongType() }
      limit = service.settings.bodyLimit
    case .multipart:
      guard type == "multipart/form-data" else { throw Self.wrongType("multipart/form-data") }
      // The other parts and the boundaries take little.
      limit = service.settings.fileLimit + 65_536
    }
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
      throw APIError.tooLarge("a body", limit: limit)
    }
    do {
      let whole = request.body
      let buffer = try await within(service.settings.timeLimit) {
        try await whole.collect(upTo: limit)
      }
      request.body = RequestBody(buffer: buffer)
      guard operation.body != .none || buffer.readableBytes == 0 || type == "application/json"
      else { throw Self.wrongType() }
      return Array(buffer.readableBytesView)
    } catch is NIOTooManyBytesError {
      throw APIError.tooLarge("a body", limit: limit)
    } catch let error where !(error is APIError || error is CancellationError) {
      throw APIError(
        400, "the body: found an end before its length; allowed: a whole body",
        code: "incomplete_body")
    }
  }

  /// What a client sends takes no longer than what it asks for may.
  private func within<Value: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
      defer { group.cancelAll() }
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: limit)
        throw APIError(
          408, "found a body that was not whole in time; allowed: what --time-limit says",
          code: "request_timeout")
      }
      guard let first = try await group.next() else { throw CancellationError() }
      return first
    }
  }

  private static func wrongType(_ allowed: String = "application/json") -> APIError {
    APIError(
      415, "Content-Type: found another than \(allowed); allowed: \(allowed)",
      code: "unsupported_media_type")
  }

  // MARK: Responses

  private static func response(_ error: APIError) -> Response {
    var headers = HTTPFields()
    headers[.contentType] = "application/json"
    if let seconds = error.retryAfter { headers[.retryAfter] = String(seconds) }
    if !error.allow.isEmpty { headers[.allow] = error.allow.joined(separator: ", ") }
    if error.status == 401 { headers[.wwwAuthenticate] = "Bearer" }
    return Response(
      status: HTTPResponse.Status(code: error.status), headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(string: error.json.text(indent: 0))))
  }

  private static func response(_ delivery: Delivery, _ request: Request) -> Response {
    var headers = HTTPFields()
    switch delivery {
    case .later: preconditionFailure("what is done later has been done")
    case .json(let json):
      headers[.contentType] = "application/json"
      return Response(
        status: .ok, headers: headers,
        body: ResponseBody(byteBuffer: ByteBuffer(string: json.text(indent: 0))))
    case .text(let text, let type):
      headers[.contentType] = type
      return Response(
        status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    case .bytes(let data):
      headers[.contentType] = "application/octet-stream"
      return Response(
        status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
    case .stream(let body):
      headers[.contentType] = "text/event-stream"
      headers[.cacheControl] = "no-cache"
      headers[.connection] = "close"
      return Response(status: .ok, headers: headers, body: stream(body, request))
    }
  }

  /// A body that is written as it comes, and ends where the client leaves.
  private static func stream(
    _ body: @escaping @Sendable (StreamSender) async throws -> Void, _ request: Request
  ) -> ResponseBody {
    ResponseBody { writer in
      try await request.body.consumeWithCancellationOnInboundClose { _ in
        do {
          try await body { text in try await writer.write(ByteBuffer(string: text)) }
        } catch let error where !(error is CancellationError) {
          // The head has been sent, so that the error is an event.
          try await writer.write(
            ByteBuffer(string: EventStream.error(APIError.failure(error)) + EventStream.end))
        }
      }
      try await writer.finish(nil)
    }
  }
}

/// The port of a server, known when it listens.
final class PortBox: Sendable {
  private let number: Mutex<Int>

  init(_ port: Int) { number = Mutex(port) }

  var value: Int { number.withLock { $0 } }
  func set(_ port: Int) { number.withLock { $0 = port } }
}
#endif
