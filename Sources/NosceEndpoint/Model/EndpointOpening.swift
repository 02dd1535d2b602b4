#if HTTP
import Foundation
import NosceCore
import NoscePorts

extension EndpointModel {
  /// The folder in which answers are kept, beside `runs`: what a run, its ladder and its search ask of
  /// one endpoint is paid for once, and stays where a run is thrown away.
  package static let usualAnswers = "answers"

  /// The model that an address names, once its server has said what it does.
  ///
  /// - Parameters:
  ///   - name: `openai:MODEL`, with a URL or the name of an endpoint behind it.
  ///   - option: what error messages call the place where it was given.
  ///   - purse: what the answers that are paid for from now on may cost, with those of others.
  ///   - base: opens the model of this machine that the configuration names.
  package static func open(
    _ name: String, option: String, purse: Purse? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment,
    in folder: URL = .currentDirectory(), base: (String) throws -> any ModelProvider
  ) async throws -> EndpointModel {
    let client = try client(
      name, option: option, purse: purse, environment: environment, in: folder)
    return try await EndpointModel(
      asking: client, base: try client.endpoint.settings.base.map(base))
  }

  /// What asks the endpoint of an address.
  package static func client(
    _ name: String, option: String, purse: Purse? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment,
    in folder: URL = .currentDirectory()
  ) throws -> EndpointClient {
    let file = try EndpointFile.found(in: environment, folder: folder)
    let address = try EndpointAddress(name, option: option, file: file)
    let endpoint = try address.endpoint(option: option, file: file, environment: environment)
    if let purse {
      guard let prices = endpoint.settings.prices else {
        throw LabError(
          .invalidExperiment,
          "--most-cost: found no prices of \(endpoint.url.text) in \(file.place); allowed: an endpoint "
            + "with `prices` there")
      }
      try purse.count(in: prices.currency, of: endpoint.url.text)
    }
    return EndpointClient(
      endpoint, over: HTTPCarrier(endpoint),
      journal: try AnswerJournal(in: answers(of: endpoint, in: folder)), purse: purse)
  }

  /// Where the answers of an endpoint are kept.
  package static func answers(of endpoint: Endpoint, in folder: URL) -> URL {
    let parent = URL(
      fileURLWithPath: endpoint.settings.answers ?? usualAnswers, relativeTo: folder)
    let host = FileName.plain(endpoint.url.host)
    let hash = ContentHash.of(endpoint.url.text).prefix(8)
    return parent.appending(path: "\(host)-\(hash)").standardizedFileURL
  }
}
#endif
