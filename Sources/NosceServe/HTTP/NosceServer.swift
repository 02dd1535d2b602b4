#if HTTP
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NosceCore
import NosceLocal

/// A server of models of this machine, in the shapes that OpenAI's clients speak.
package struct NosceServer: Sendable {
  private let settings: ServerSettings
  private let service: Service

  /// More connections than that wait until one is closed.
  private static let mostConnections = 512

  /// - Parameter complain: hears what a person should know.
  package init(
    _ models: [LocalModel], _ settings: ServerSettings,
    complain: @escaping @Sendable (String) -> Void
  ) throws {
    try settings.check()
    self.settings = settings
    service = try Service(models, settings, complain: complain)
  }

  /// Serves until its task is cancelled.
  ///
  /// - Parameter started: hears the port as soon as the server listens.
  package func run(started: @escaping @Sendable (Int) async -> Void) async throws {
    let logger = Logger(label: "nosce.serve") { _ in SwiftLogNoOpLogHandler() }
    let port = PortBox(settings.port)
    let responder = Responder(
      service: service, door: Doorkeeper(host: settings.host, token: settings.token), port: port)
    let application = Application(
      responder: responder,
      server: .http1(configuration: HTTP1Channel.Configuration(idleTimeout: .seconds(75))),
      configuration: ApplicationConfiguration(
        address: .hostname(settings.host, port: settings.port),
        availableConnectionsDelegate: MaximumAvailableConnections(
          Self.mostConnections, logger: logger)),
      onServerRunning: { channel in
        if let number = channel.localAddress?.port { port.set(number) }
        await started(port.value)
      }, logger: logger)
    await service.jobs.begin()
    let ending: Result<Void, any Error>
    do {
      ending = .success(try await application.run())
    } catch {
      ending = .failure(Self.words(for: error, settings))
    }
    // A program that ends while a kernel computes takes the kernel's memory away under it.
    await service.jobs.stop()
    for base in service.shelf.bases { await base.stop() }
    try ending.get()
    try Task.checkCancellation()
  }

  private static func words(for error: any Error, _ settings: ServerSettings) -> any Error {
    guard let error = error as? IOError else { return error }
    return LabError(
      .storage,
      "\(settings.host):\(settings.port): cannot be listened at: \(Storage.words(code: error.errnoCode))",
      cause: error)
  }
}
#endif
