import Foundation
import NosceCore
import NoscePorts

#if HTTP
import NosceEndpoint
#endif

/// Models behind HTTP. What such a one can do is known once its server was asked, so that these take
/// their time.
extension ModelLocator {
  static let endpointPrefix = "openai:"

  /// Whether a name means a model behind HTTP.
  static func isEndpoint(_ name: String) -> Bool { name.hasPrefix(endpointPrefix) }

  /// Whether a name means a model of files on this machine.
  static func hasFiles(_ name: String) -> Bool { script(name) == nil && !isEndpoint(name) }

  /// The model as something that experiments train and ask, wherever it is.
  ///
  /// - Parameters:
  ///   - option: what error messages call the place where the name was given.
  ///   - template: the chat template in place of its own; an endpoint has its own.
  ///   - purse: what the answers of endpoints may cost together.
  package static func provider(
    _ name: String, option: String = "--subject", template: GivenTemplate? = nil,
    purse: Purse? = nil
  ) async throws -> any ModelProvider {
    guard isEndpoint(name) else { return try model(name, option: option, template: template) }
    if let template {
      throw LabError(
        .backend,
        "\(option): found a model behind HTTP, whose server renders conversations, and the template "
          + "\(template.name) for it; allowed: none")
    }
    #if HTTP
    return try await EndpointModel.open(name, option: option, purse: purse) { base in
      guard hasFiles(base) else { throw noFiles("base") }
      return try model(base, option: "base")
    }
    #else
    throw withoutHTTP(option)
    #endif
  }

  /// Refuses a limit of costs where nothing is paid for.
  static func check(_ purse: Purse?, of names: [String]) throws(LabError) {
    guard purse != nil, !names.contains(where: isEndpoint) else { return }
    let shown = names.map { "'\($0)'" }.joined(separator: " and ")
    throw LabError(
      .invalidExperiment,
      "--most-cost: found \(shown), which costs nothing; allowed: with a model behind HTTP")
  }

  /// The same model by a name that means the same from any folder.
  static func lastingName(ofEndpoint name: String, _ option: String) throws -> String {
    #if HTTP
    let environment = ProcessInfo.processInfo.environment
    let file = try EndpointFile.found(in: environment)
    return try EndpointAddress(name, option: option, file: file)
      .endpoint(option: option, file: file, environment: environment).lastingName
    #else
    throw withoutHTTP(option)
    #endif
  }

  /// What an endpoint is refused with where files are needed.
  static func noFiles(_ option: String) -> LabError {
    LabError(
      .backend,
      "\(option): found a model behind HTTP, which has no files here; allowed: a checkpoint on this "
        + "machine")
  }

  #if !HTTP
  private static func withoutHTTP(_ option: String) -> LabError {
    LabError(
      .backend,
      "\(option): found a model behind HTTP, and a nosce that was built without; allowed: a build with "
        + "the trait HTTP (swift build -c release, without --disable-default-traits)")
  }
  #endif
}
