import NosceCore

/// Decides who may ask at all, before anything of a request is read.
///
/// A page in somebody's browser can send requests to this machine, under its own name (its `Origin`) or under
/// a name of its own that leads here (its `Host`). On loopback both are looked at; elsewhere a token is needed.
struct Doorkeeper: Sendable {
  let isLoopback: Bool
  /// SHA-256 of the token; nil where none is needed.
  private let tokenHash: [UInt8]?

  init(host: String, token: String?) {
    isLoopback = Self.isLoopback(host)
    tokenHash = token.map { Array(ContentHash.of($0).utf8) }
  }

  /// Whether an address is reached from this machine alone.
  static func isLoopback(_ host: String) -> Bool {
    ["127.0.0.1", "::1", "localhost"].contains(host)
  }

  /// - Parameters:
  ///   - authority: the `Host` header.
  ///   - port: that of the server.
  func check(
    _ operation: Operation?, authority: String?, origin: String?, authorization: String?, port: Int
  ) throws(APIError) {
    guard let authority else {
      throw APIError(400, "Host: found none; allowed: the server's name", code: "invalid_host")
    }
    if isLoopback, !Self.loopbackNames(port).contains(authority.lowercased()) {
      throw APIError(
        403,
        "Host: found '\(authority.prefix(80))'; allowed: 127.0.0.1, localhost or [::1], with the port "
          + "\(port) or none", code: "forbidden_host")
    }
    if let origin, origin.lowercased() != "http://\(authority.lowercased())",
      origin.lowercased() != "https://\(authority.lowercased())"
    {
      throw APIError(
        403, "Origin: found '\(origin.prefix(80))'; allowed: none, or the server's own",
        code: "forbidden_origin")
    }
    guard let tokenHash, operation != .health else { return }
    let given = authorization.flatMap { header -> String? in
      let parts = header.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
      return String(parts[1])
    }
    // Hashes of both are compared, byte by byte to the end, so that time tells nothing of the token.
    let hash = Array(ContentHash.of(given ?? "").utf8)
    var difference: UInt8 = given == nil ? 1 : 0
    for (one, other) in zip(hash, tokenHash) { difference |= one ^ other }
    if difference != 0 {
      throw APIError(
        401,
        "Authorization: found \(given == nil ? "no token" : "another token"); allowed: the server's",
        type: "authentication_error", code: "invalid_api_key")
    }
  }

  private static func loopbackNames(_ port: Int) -> Set<String> {
    Set(["127.0.0.1", "localhost", "[::1]"].flatMap { [$0, "\($0):\(port)"] })
  }
}
