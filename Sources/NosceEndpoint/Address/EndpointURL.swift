import Foundation
import NosceCore

/// Where an endpoint is: a base URL such as `https://api.openai.com/v1`, with nothing secret in it.
package struct EndpointURL: Sendable, Hashable {
  package let scheme: String
  package let host: String
  package let port: Int?
  /// Without a slash at its end; `/v1` where none was given.
  package let path: String

  /// - Parameter place: what error messages call the place where it was given. They never show a URL
  ///   that could not be read, or has user info: it may hold a secret.
  package init(_ text: String, place: String) throws(LabError) {
    func failure(_ found: String, _ allowed: String) -> LabError {
      LabError(.backend, "\(place): found \(found); allowed: \(allowed)")
    }
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
      let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased()
    else { throw failure("text that is no URL", "such as https://api.openai.com/v1") }
    guard parts.user == nil, parts.password == nil else {
      throw failure(
        "a user or a password in the URL",
        "none: a key belongs into OPENAI_API_KEY, or into the "
          + "variable that `key_variable` names")
    }
    guard scheme == "http" || scheme == "https" else {
      throw failure("a URL that begins with \(scheme):", "http: and https:")
    }
    guard let host = parts.host?.lowercased(), !host.isEmpty else {
      throw failure("a URL without a host", "such as https://api.openai.com/v1")
    }
    guard parts.query == nil, parts.fragment == nil else {
      throw failure("a URL of \(host) with a query or a fragment", "none")
    }
    self.scheme = scheme
    self.host = host
    port = parts.port
    var path = parts.percentEncodedPath
    while path.hasSuffix("/") { path.removeLast() }
    self.path = path.isEmpty ? "/v1" : path
  }

  /// The scheme, the host and the port.
  private var origin: String {
    let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    return "\(scheme)://\(name)" + (port.map { ":\($0)" } ?? "")
  }

  package var text: String { origin + path }

  /// A place below the base, such as `/chat/completions`.
  package func below(_ place: String) -> String { text + place }

  /// A place beside `/v1`, where servers have what OpenAI's does not.
  package func beside(_ place: String) -> String {
    origin + (path.hasSuffix("/v1") ? String(path.dropLast(3)) : path) + place
  }

  /// Whether what is sent stays on this machine.
  package var isLoopback: Bool {
    let bare = host.trimmingCharacters(in: ["[", "]"])
    if bare == "localhost" || bare == "::1" { return true }
    let parts = bare.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// Refuses to show a key to whoever listens.
  func check(_ key: EndpointKey?, place: String) throws(LabError) {
    guard let key, scheme == "http", !isLoopback else { return }
    throw LabError(
      .backend,
      "\(place): found \(text), and \(key) would be sent there in the clear; allowed: https, this "
        + "machine (localhost), or an endpoint of the configuration file with `key_variable: none`")
  }
}
