import Foundation
import NosceCore

/// What is typed for a model behind HTTP: `openai:MODEL`, `openai:MODEL@URL` or `openai:MODEL@NAME`.
///
/// The URL begins at the last `@http`, for names of models have signs of that kind, too; NAME is an
/// endpoint of the configuration file.
package struct EndpointAddress: Sendable, Hashable {
  package static let prefix = "openai:"
  static let usualKey = "OPENAI_API_KEY"
  private static let usualURL = "https://api.openai.com/v1"

  package let model: String
  /// A URL, or the name of an endpoint; nil for `OPENAI_BASE_URL`.
  private let rest: String?
  private let isURL: Bool

  package static func isOne(_ name: String) -> Bool { name.hasPrefix(prefix) }

  /// - Parameters:
  ///   - text: with its prefix.
  ///   - option: what error messages call the place where it was given.
  ///   - file: tells names of endpoints from parts of a model's name.
  package init(_ text: String, option: String, file: EndpointFile) throws(LabError) {
    let body = text.dropFirst(Self.prefix.count)
    if let cut = Self.lastURL(in: body) {
      model = String(body[..<cut])
      rest = String(body[body.index(after: cut)...])
      isURL = true
    } else if let cut = body.lastIndex(of: "@"),
      file.entries[String(body[body.index(after: cut)...])] != nil
    {
      model = String(body[..<cut])
      rest = String(body[body.index(after: cut)...])
      isURL = false
    } else {
      model = String(body)
      rest = nil
      isURL = false
    }
    guard !model.isEmpty, model.utf8.count <= 512,
      model.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
    else {
      throw LabError(
        .backend,
        "\(option): found \(Self.prefix) without the name of a model; allowed: \(Self.prefix)MODEL, "
          + "\(Self.prefix)MODEL@URL, \(Self.prefix)MODEL@NAME (docs/endpoints.md)")
    }
  }

  private static func lastURL(in text: Substring) -> Substring.Index? {
    var rest = text
    while let at = rest.lastIndex(of: "@") {
      if text[text.index(after: at)...].hasPrefix("http") { return at }
      rest = rest[..<at]
    }
    return nil
  }

  /// The endpoint, with what the environment and the configuration file say of it.
  package func endpoint(
    option: String, file: EndpointFile, environment: [String: String]
  ) throws -> Endpoint {
    var settings = EndpointSettings()
    var variable: String? = Self.usualKey
    let url: EndpointURL
    if let rest, !isURL, let entry = file.entries[rest] {
      (url, variable, settings) = (entry.url, entry.keyVariable, entry.settings)
    } else if let rest {
      url = try EndpointURL(rest, place: option)
      // Settings hold for a place, however it is named. Of several names the first in the alphabet.
      let same = file.entries.sorted { $0.key < $1.key }.first { $0.value.url == url }?.value
      if let same { (variable, settings) = (same.keyVariable, same.settings) }
    } else {
      let given = environment["OPENAI_BASE_URL"].flatMap { $0.isEmpty ? nil : $0 }
      url = try EndpointURL(given ?? Self.usualURL, place: "OPENAI_BASE_URL")
    }
    let key = try variable.flatMap { try EndpointKey(variable: $0, in: environment) }
    try url.check(key, place: option)
    return Endpoint(
      url: url, model: model, key: key,
      organization: try Self.header("OPENAI_ORG_ID", environment),
      project: try Self.header("OPENAI_PROJECT_ID", environment), settings: settings)
  }

  private static func header(_ name: String, _ environment: [String: String]) throws -> String? {
    guard let value = environment[name], !value.isEmpty else { return nil }
    guard value.utf8.count <= 256, value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw LabError(
        .backend,
        "\(name): found blanks, line breaks or other characters that no header takes; allowed: "
          + "visible ASCII characters, at most 256")
    }
    return value
  }
}

/// A model behind HTTP, with everything that is needed to ask it.
package struct Endpoint: Sendable, Hashable {
  package var url: EndpointURL
  package var model: String
  package var key: EndpointKey?
  package var organization: String?
  package var project: String?
  package var settings: EndpointSettings

  package init(
    url: EndpointURL, model: String, key: EndpointKey? = nil, organization: String? = nil,
    project: String? = nil, settings: EndpointSettings = .init()
  ) {
    self.url = url
    self.model = model
    self.key = key
    self.organization = organization
    self.project = project
    self.settings = settings
  }

  /// The same endpoint by a name that means the same from any folder; the settings of a name in the
  /// configuration file are found by its URL.
  package var lastingName: String { "\(EndpointAddress.prefix)\(model)@\(url.text)" }
}
