import Foundation
import NosceCore
import NosceFormats
import NoscePorts

/// A model behind HTTP, as something that experiments ask and, where the server fine-tunes, train.
package struct EndpointModel: ModelProvider {
  package let identity: ModelIdentity
  package let capabilities: Capabilities
  package let client: EndpointClient
  package let probed: ProbedEndpoint
  package let trainer: (any Trainer)?

  /// Subjects that are trained and asked at the same time.
  package let lanes = 4
  package let precision = "the server's"

  /// Asks the server what it does.
  package init(asking client: EndpointClient) async throws {
    let probed = try await EndpointProbe(client).found()
    self.init(client, probed)
  }

  init(_ client: EndpointClient, _ probed: ProbedEndpoint) {
    self.client = client
    self.probed = probed
    let features = probed.features
    let endpoint = client.endpoint
    let scoring = Self.scoring(features, endpoint.settings)
    // Without a ledger an order could be given twice.
    trainer =
      features.jobs
      ? client.journal.map { EndpointTrainer(client, features, ledger: $0) } : nil
    capabilities = Capabilities(
      scoring: scoring, samples: features.samples, prefill: features.goesOn, seeds: features.seeds,
      adapters: features.jobs || features.loadsAdapters, starts: false, derives: false)
    let version = probed.version.map { ", version \($0)" } ?? ""
    identity = ModelIdentity(
      name: endpoint.model.split(separator: "/").last.map(String.init) ?? endpoint.model,
      summary: "\(endpoint.model) behind \(endpoint.url.text)\(version)",
      note:
        "It is asked over HTTP: what computes there, and with which settings of its own, is not known "
        + "here.",
      contentHash: Self.contentHash(endpoint, version: probed.version))
  }

  /// The best that the server was found to do, as far as the settings want it.
  private static func scoring(
    _ features: EndpointFeatures, _ settings: EndpointSettings
  ) -> Capabilities.Scoring {
    if features.exact != nil, settings.scoring == .exact { return .exact }
    if features.top > 0, settings.scoring != .drawn { return .top(features.top) }
    // A server that says the same every time draws nothing, whatever temperature it is asked for.
    return features.varies && settings.draws > 0 ? .drawn(settings.draws) : .none
  }

  /// Changes with the place, the model's name, and what the server says of its version.
  private static func contentHash(_ endpoint: Endpoint, version: String?) -> String {
    ContentHash.of(
      JSON.object([
        ("kind", .string("endpoint-1")), ("url", .string(endpoint.url.text)),
        ("model", .string(endpoint.model)), ("version", version.map { .string($0) } ?? .null),
      ]).text(indent: 0))
  }

  package func open(_ adapter: AdapterReference?) async throws -> any Subject {
    EndpointSubject(
      client: client, model: try await name(of: adapter), features: probed.features,
      scoring: capabilities.scoring)
  }

  /// The name by which the server knows a model.
  private func name(of adapter: AdapterReference?) async throws -> String {
    switch adapter {
    case nil: return client.endpoint.model
    case .served(let name)?: return name
    case .folder(let folder)?:
      throw LabError(
        .backend,
        "\(folder.path): found an adapter in a folder; allowed: one that \(client.endpoint.url.text) "
          + "serves")
    }
  }
}
