import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceLocal
import NoscePorts
import NosceRuns

#if HTTP
import NosceServe
#endif

/// Models of this machine behind HTTP.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve models to OpenAI's clients: answers and fine-tuning.",
    discussion: """
      Answers chat and text completions with log-probabilities, keeps files, trains what is asked for \
      through /v1/fine_tuning/jobs, and serves what it has trained. docs/serve.md says what each path \
      takes; GET /openapi.json says it to programs.

      On 127.0.0.1, ::1 or localhost no token is needed. Anywhere else every request must show the one in \
      --token-file, or in the environment as NOSCE_SERVE_TOKEN.
      """)

  @Option(
    help: ArgumentHelp("A model to serve; again and again for several: " + ModelLocator.help),
    completion: Completions.models)
  var subject: [String] = ["organism"]

  @OptionGroup var template: TemplateArguments

  @Option(help: "The address to listen at.")
  var host = "127.0.0.1"

  @Option(help: "The port; 0 takes a free one.")
  var port = 8000

  @Option(help: "The folder that files and jobs are kept in.", completion: .directory)
  var state = "nosce-serve"

  @Option(
    help: "The folder below which /v1/load_lora_adapter may load adapters.", completion: .directory)
  var adapters: String?

  @Option(help: "A file with the token that requests must show.", completion: .file())
  var tokenFile: String?

  @Option(help: "Answers that one model may have under way, those that wait included.")
  var queue = 4_096

  @Option(help: "The largest body, in MiB.")
  var bodyLimit = 4

  @Option(help: "The largest file, in MiB.")
  var fileLimit = 64

  @Option(help: "Seconds that one request may take.")
  var timeLimit = 600

  @Option(help: "Of the answers to requests that have no seed; another one at each start.")
  var seed: UInt64?

  func validate() throws {
    if subject.isEmpty { throw ValidationError("Give a model with --subject.") }
    if !(0...65_535).contains(port) { throw ValidationError("--port must be from 0 to 65535.") }
    if queue < 1 { throw ValidationError("--queue must be at least 1.") }
    for (name, value) in [("--body-limit", bodyLimit), ("--file-limit", fileLimit)]
    where !(1...2_048).contains(value) {
      throw ValidationError("\(name) must be from 1 to 2048.")
    }
    if timeLimit < 1 { throw ValidationError("--time-limit must be at least 1.") }
  }

  #if HTTP
  func run() async throws {
    let folder = URL(fileURLWithPath: state).standardizedFileURL
    var settings = ServerSettings(
      state: folder, seed: seed ?? UInt64.random(in: .min ... .max), version: Version.text)
    settings.host = host
    settings.port = port
    settings.token = try token()
    settings.adapters = try adapters.map { path in
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
      else {
        throw LabError(
          .storage, "--adapters: found no folder '\(path)'; allowed: one that is there")
      }
      return URL(fileURLWithPath: path).standardizedFileURL
    }
    settings.queue = queue
    settings.bodyLimit = bodyLimit << 20
    settings.fileLimit = fileLimit << 20
    settings.timeLimit = .seconds(timeLimit)
    try settings.check()
    try Storage.makeFolder(folder)
    let lock = try FolderLock(
      file: folder.appending(path: "serve.lock"), of: folder, deed: "serving from this folder")
    defer { withExtendedLifetime(lock) {} }
    let given = try template.given()
    let models = try subject.map { name in
      guard let model = try ModelLocator.model(name, template: given) as? LocalModel else {
        throw LabError(
          .backend, "--subject: found '\(name)', which has no weights; allowed: a checkpoint")
      }
      return model
    }
    let server = try NosceServer(models, settings) { Console.complain($0) }
    let host = host.contains(":") ? "[\(host)]" : host
    try await Interruption.cleanly {
      try await server.run { port in
        let names = models.map(\.identity.name).joined(separator: ", ")
        Console.complain("\(names) at http://\(host):\(port)/v1")
      }
    }
  }

  /// The token from the file or from the environment. It is never an argument, which others can read.
  private func token() throws -> String? {
    if let tokenFile {
      let data = try Storage.read(URL(fileURLWithPath: tokenFile))
      return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
    let token = ProcessInfo.processInfo.environment["NOSCE_SERVE_TOKEN"]
    return token?.isEmpty == true ? nil : token
  }
  #else
  func run() async throws {
    throw LabError(
      .backend,
      "serve: found a nosce that was built without HTTP; allowed: one built with it, as by "
        + "`swift build -c release --product nosce`, which has the trait HTTP by default")
  }
  #endif
}
