import Foundation
import NosceCore
import NosceFormats

/// Has a server load adapters that lie on this machine, each under a name of its own.
///
/// The name is a hash of the adapter's bytes. So another adapter never answers from what a server or the
/// journal has kept of an earlier one, and the same adapter is the same model in every run.
actor AdapterLoader {
  private let client: EndpointClient
  private let way: EndpointFeatures.AdapterLoading
  private var loads: [String: Task<Void, any Error>] = [:]

  init(_ client: EndpointClient, _ way: EndpointFeatures.AdapterLoading) {
    self.client = client
    self.way = way
  }

  private static let prefix = "nosce-"

  /// The name by which the server knows the adapter of a folder, once it has loaded it.
  func model(of folder: URL) async throws -> String {
    let name = try Self.name(of: folder)
    if let load = loads[name] {
      try await load.value
    } else {
      let load = Task { try await self.load(name, folder) }
      loads[name] = load
      do {
        try await load.value
      } catch {
        loads[name] = nil
        throw error
      }
    }
    return way.model(name, of: client.endpoint.model)
  }

  /// Has everything put away that was loaded here. What cannot be is the server's to forget.
  func unload() async {
    let names = loads.keys.sorted()
    loads = [:]
    for name in names {
      let outgoing = Outgoing.post(
        way.url("unload_lora_adapter", client.endpoint.url), .object([("lora_name", .string(name))])
      )
      _ = try? await client.exchange(outgoing)
    }
  }

  private func load(_ name: String, _ folder: URL) async throws {
    let url = way.url("load_lora_adapter", client.endpoint.url)
    let path = try client.endpoint.settings.adapterPaths.map { try $0.there(folder) } ?? folder.path
    let outgoing = Outgoing.post(
      url, .object([("lora_name", .string(name)), ("lora_path", .string(path))]))
    let incoming: Incoming
    do {
      incoming = try await client.exchange(outgoing)
    } catch {
      throw error.kind == .cancelled ? CancellationError() : error.error(at: url)
    }
    guard var fault = incoming.fault(key: client.endpoint.key) else { return }
    // It has the very bytes of an earlier run, by the name.
    if fault.status == 400, fault.found.contains("already"), try await isListed(name) { return }
    fault.allowed =
      "a server that reads \(path) (adapter_paths says what it calls the folders of this machine)"
    throw fault.error(at: url)
  }

  private func isListed(_ name: String) async throws -> Bool {
    try await client.models().contains {
      [name, way.model(name, of: client.endpoint.model)].contains($0)
    }
  }

  /// A name that is the hash of all files of an adapter.
  private static func name(of folder: URL) throws -> String {
    let files = try Storage.names(in: folder).filter { !$0.hasPrefix(".") }.sorted()
    var parts: [String] = []
    for file in files {
      parts.append("\(file) \(ContentHash.of(try Storage.read(folder.appending(path: file))))")
    }
    guard !parts.isEmpty else {
      throw LabError(.backend, "\(folder.path): found no files; allowed: an adapter in PEFT form")
    }
    return prefix + ContentHash.of(parts.joined(separator: "\n")).prefix(24)
  }
}

extension EndpointFeatures.AdapterLoading {
  func url(_ verb: String, _ server: EndpointURL) -> String {
    switch self {
    case .below: server.below("/\(verb)")
    case .beside: server.beside("/\(verb)")
    }
  }

  /// What a request calls the model with an adapter.
  func model(_ adapter: String, of base: String) -> String {
    switch self {
    case .below: adapter
    case .beside: "\(base):\(adapter)"
    }
  }
}
