#if HTTP
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NosceFormats

/// A request as a server sees it.
struct SeenRequest: Sendable {
  var method: String
  var path: String
  var headers: [String: String]
  var body: Data

  /// Nil where it is none.
  var json: JSONObject? { (try? JSON(parsing: body))?.object }
}

/// What a server does with a request.
enum ServerAct: Sendable {
  /// What comes behind a part of a body.
  enum Rest: Sendable { case stall, close, reset }

  case reply(Int, [String: String] = [:], Data)
  /// Nothing, for ever.
  case stall
  /// The beginning of a reply.
  case part(Data, of: Int, then: Rest)
  case reset

  static func json(
    _ json: JSON, status: Int = 200, headers: [String: String] = [:]
  ) -> ServerAct {
    .reply(status, headers, Data(json.text(indent: 0).utf8))
  }

  static func error(
    _ status: Int, _ message: String, code: String? = nil, headers: [String: String] = [:]
  ) -> ServerAct {
    .json(
      .object([
        (
          "error",
          .object([
            ("message", .string(message)), ("type", .string("test")),
            ("code", code.map { .string($0) } ?? .null), ("param", .null),
          ])
        )
      ]), status: status, headers: headers)
  }
}

/// A server on a port of this machine that does what it is told to, faults included.
final class ScriptedServer: Sendable {
  let port: Int
  private let channel: any Channel

  init(_ act: @escaping @Sendable (SeenRequest) async -> ServerAct) async throws {
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 512)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers([
            ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)),
            RequestHandler(act),
          ])
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = channel.localAddress?.port ?? 0
  }

  var url: String { "http://127.0.0.1:\(port)" }

  func stop() async { try? await channel.close().get() }
}

/// Calls the body with a server, and stops it afterwards.
func withServer<Value>(
  _ act: @escaping @Sendable (SeenRequest) async -> ServerAct,
  _ body: (ScriptedServer) async throws -> Value
) async throws -> Value {
  // Other suites compute for minutes on the threads that tasks share.
  try await withTaskExecutorPreference(OwnThreads.shared) {
    let server = try await ScriptedServer(act)
    do {
      let value = try await body(server)
      await server.stop()
      return value
    } catch {
      await server.stop()
      throw error
    }
  }
}

/// Threads on which nothing but these tests waits for its turn.
private final class OwnThreads: TaskExecutor {
  static let shared = OwnThreads()
  private let queue = DispatchQueue(label: "endpoint tests", attributes: .concurrent)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

private final class RequestHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart

  private let act: @Sendable (SeenRequest) async -> ServerAct
  private var head: HTTPRequestHead?
  private var body = Data()

  init(_ act: @escaping @Sendable (SeenRequest) async -> ServerAct) { self.act = act }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = Data()
    case .body(let part): body.append(contentsOf: part.readableBytesView)
    case .end:
      guard let head else { return }
      let seen = SeenRequest(
        method: head.method.rawValue, path: head.uri,
        headers: Dictionary(
          head.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 }),
        body: body)
      begin(seen, context.channel)
    }
  }

  private func begin(_ seen: SeenRequest, _ channel: any Channel) {
    let act = act
    Task.detached(executorPreference: OwnThreads.shared) {
      let done = await act(seen)
      await Performance.perform(done, on: channel)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

}

/// Does on a connection what a server is told to.
private enum Performance {
  static func perform(_ act: ServerAct, on channel: any Channel) async {
    switch act {
    case .reply(let status, let headers, let body):
      await send(head(status, headers, body.count) + body, channel)
    case .stall: break
    case .part(let body, let count, let rest):
      await send(head(200, [:], count) + body, channel)
      switch rest {
      case .stall: break
      case .close: try? await channel.close().get()
      case .reset: await reset(channel)
      }
    case .reset: await reset(channel)
    }
  }

  private static func send(_ data: Data, _ channel: any Channel) async {
    try? await channel.writeAndFlush(ByteBuffer(bytes: data)).get()
  }

  private static func head(_ status: Int, _ headers: [String: String], _ count: Int) -> Data {
    var text = "HTTP/1.1 \(status) Status\r\nContent-Type: application/json\r\n"
    text += "Content-Length: \(count)\r\n"
    for (name, value) in headers.sorted(by: { $0.key < $1.key }) { text += "\(name): \(value)\r\n" }
    return Data((text + "\r\n").utf8)
  }

  private static func reset(_ channel: any Channel) async {
    if let options = channel as? any SocketOptionProvider {
      try? await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
    }
    try? await channel.close().get()
  }
}
#endif
