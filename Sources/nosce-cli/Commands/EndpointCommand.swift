import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceFormats
import NoscePorts

#if HTTP
import NosceEndpoint
#endif

/// What is behind a URL.
struct EndpointCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "endpoint", abstract: "Look at models behind HTTP (docs/endpoints.md).",
    subcommands: [Check.self])

  /// Finds out what a server does, by small questions.
  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Find out what an endpoint does, by small questions.",
      discussion: """
        About thirty requests of a few tokens each, whose answers are known. What a server says of \
        log-probabilities is believed where it holds together. The key is read from OPENAI_API_KEY, or \
        from the variable that the configuration file names.
        """)

    @Argument(
      help: "A URL, the name of an endpoint of the configuration file, or openai:MODEL@URL.")
    var url: String

    @Option(
      help: "The model; by default the first that the endpoint lists.", completion: .list([]))
    var model: String?

    @Option(
      help: ArgumentHelp(
        "A model on this machine, whose log-probabilities are compared: " + ModelLocator.help),
      completion: Completions.models)
    var against: String?

    @Flag(help: "Print one JSON document instead.")
    var json = false

    func run() async throws {
      #if HTTP
      try await check()
      #else
      throw LabError(
        .backend,
        "endpoint check: found a nosce that was built without HTTP; allowed: a build with the trait "
          + "HTTP (swift build -c release, without --disable-default-traits)")
      #endif
    }

    #if HTTP
    private func check() async throws {
      let client = try EndpointModel.client(try await address(), option: "URL")
      let model = try await EndpointModel(asking: client)
      var comparison: EndpointComparison?
      if let against {
        comparison = try await EndpointComparison(
          of: model, with: try ModelLocator.model(against, option: "--against"))
      }
      let report = EndpointReport(model: model, comparison: comparison, against: against)
      try Console.say(
        json ? report.json.text() : report.text(width: min(Console.width, 100)))
    }

    /// The address with a model in it.
    private func address() async throws -> String {
      if EndpointAddress.isOne(url) {
        guard model == nil else {
          throw ValidationError("--model goes with a URL or a name, not with openai:MODEL.")
        }
        return url
      }
      if let model { return "\(EndpointAddress.prefix)\(model)@\(url)" }
      let client = try EndpointModel.client(
        "\(EndpointAddress.prefix)any@\(url)", option: "URL")
      guard let first = try await client.models().first else {
        throw LabError(
          .backend, "\(client.endpoint.url.text): found no models; allowed: --model with one")
      }
      return "\(EndpointAddress.prefix)\(first)@\(url)"
    }
    #endif
  }
}
