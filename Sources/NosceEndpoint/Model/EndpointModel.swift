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
  /// The same weights on this machine, where adapters are trained with them.
  let base: (any ModelProvider)?
  private let loader: AdapterLoader?

  /// Subjects that are trained and asked at the same time.
  package let lanes: Int
  package let precision = "the server's"

  /// Asks the server what it does.
  ///
  /// - Parameter base: the same weights on this machine, to train adapters with that the server loads.
  package init(asking client: EndpointClient, base: (any ModelProvider)? = nil) async throws {
    let probed = try await EndpointProbe(client).found()
    if base != nil, probed.features.loading == nil {
      throw LabError(
        .backend,
        "\(client.endpoint.url.text): found a base on this machine to train adapters with, and a server "
          + "that loads none; allowed: one that takes load_lora_adapter while it runs")
    }
    self.init(client, probed, base: base)
  }

  init(_ client: EndpointClient, _ probed: ProbedEndpoint, base: (any ModelProvider)? = nil) {
    self.client = client
    self.probed = probed
    self.base = base
    lanes = base?.lanes ?? 4
    loader = base == nil ? nil : probed.features.loading.map { AdapterLoader(client, $0) }
    let features = probed.features
    let endpoint = client.endpoint
    let scoring = Self.scoring(features, endpoint.settings)
    if let base, let loader {
      trainer = base.trainer.map {
        LoadingTrainer($0, loader, AdapterLiveness(client: client, features: features))
      }
    } else {
      // Without a ledger an order could be given twice.
      trainer =
        features.jobs
        ? client.journal.map { EndpointTrainer(client, features, ledger: $0) } : nil
    }
    capabilities = Capabilities(
      scoring: scoring, samples: features.samples, prefill: features.goesOn, seeds: features.seeds,
      adapters: features.jobs || loader != nil, starts: false,
      derives: loader != nil && base?.capabilities.derives == true,
      together: endpoint.settings.concurrency.most,
      rating: Self.ratesByLikeliest(scoring, features) ? .top(features.top) : scoring,
      varies: features.varies)
    let version = probed.version.map { ", version \($0)" } ?? ""
    identity = ModelIdentity(
      name: endpoint.model.split(separator: "/").last.map(String.init) ?? endpoint.model,
      summary: "\(endpoint.model) behind \(endpoint.url.text)\(version)",
      note:
        "It is asked over HTTP: what computes there, and with which settings of its own, is not known "
        + "here."
        + (base.map { " Adapters are trained here, with \($0.identity.name), and loaded there." }
          ?? ""),
      contentHash: Self.contentHash(endpoint, version: probed.version, base: base))
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

  /// Whether numbers of a scale are read off the likeliest tokens, though any text could be scored: that
  /// would take a request for each of them.
  private static func ratesByLikeliest(
    _ scoring: Capabilities.Scoring, _ features: EndpointFeatures
  ) -> Bool {
    scoring == .exact && features.top >= Capabilities.longScale
  }

  /// Changes with the place, the model's name, and what the server says of its version.
  private static func contentHash(
    _ endpoint: Endpoint, version: String?, base: (any ModelProvider)?
  ) -> String {
    var members: [(key: String, value: JSON)] = [
      ("kind", .string("endpoint-1")), ("url", .string(endpoint.url.text)),
      ("model", .string(endpoint.model)), ("version", version.map { .string($0) } ?? .null),
    ]
    if let base { members.append(("base", .string(base.identity.contentHash))) }
    return ContentHash.of(JSON.object(members).text(indent: 0))
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
      if let loader { return try await loader.model(of: folder) }
      throw LabError(
        .backend,
        "\(folder.path): found an adapter in a folder; allowed: one that \(client.endpoint.url.text) "
          + "serves, or a server that loads it: base and adapter_paths in the configuration file")
    }
  }

  /// Made here, where the trained one lies, and measured there.
  package func derive(_ derivation: AdapterDerivation) async throws -> TrainingResult {
    guard let base, let trainer = trainer as? LoadingTrainer else {
      throw LabError(
        .refusedDesign,
        "\(derivation.name): found an adapter to be made of another one, which \(identity.name) cannot; "
          + "allowed: with a base on this machine")
    }
    return try await trainer.measured(try await base.derive(derivation), derivation.rows)
  }

  /// That several configurations of the server have answered for one model, where they have.
  package func remarks() async throws -> [String] {
    let seen = client.fingerprints
    var remarks: [String] = []
    for model in Set(seen.keys).union([client.endpoint.model]).sorted() {
      let kept = try await client.journal?.fingerprints(of: model) ?? [:]
      guard kept.count > 1 else { continue }
      let counts = kept.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
      remarks.append(
        "The answers of \(model) that are kept came from \(kept.count) configurations of its server "
          + "(system_fingerprint \(counts.joined(separator: ", "))).")
    }
    return remarks
  }

  package func settle() async {
    await base?.settle()
    await (trainer as? EndpointTrainer)?.settle()
    await loader?.unload()
  }
}
