import Foundation
import NosceCore
import NosceFiles
import NosceFormats

/// The configuration file of endpoints: names for URLs, with limits and prices, and never a key.
package struct EndpointFile: Sendable {
  /// One endpoint of the file.
  package struct Entry: Sendable {
    package var url: EndpointURL
    /// The variable that holds its key; nil where it takes none.
    package var keyVariable: String?
    package var settings: EndpointSettings
  }

  /// The variable that names another file.
  package static let variable = "NOSCE_ENDPOINTS"
  private static let usualName = "endpoints.yaml"
  private static let secretKeys: Set<String> = ["key", "api_key", "apikey", "token", "secret"]

  package let entries: [String: Entry]
  /// Where the file lies, or where it was looked for.
  package let place: String

  /// The file that `NOSCE_ENDPOINTS` names, or else `endpoints.yaml` in the current folder, where it
  /// is.
  package static func found(
    in environment: [String: String], folder: URL = .currentDirectory()
  ) throws -> EndpointFile {
    if let path = environment[variable], !path.isEmpty {
      let url = URL(fileURLWithPath: path)
      return try EndpointFile(contentsOf: url)
    }
    let url = folder.appending(path: usualName)
    guard FileManager.default.fileExists(atPath: url.path) else {
      return EndpointFile(entries: [:], place: "\(usualName) here, which does not exist")
    }
    return try EndpointFile(contentsOf: url)
  }

  private init(entries: [String: Entry], place: String) {
    self.entries = entries
    self.place = place
  }

  package init(contentsOf url: URL) throws {
    let data = try Storage.read(url)
    guard let text = ForeignText.text(of: data) else {
      throw LabError(.invalidExperiment, "\(url.path): found no text; allowed: YAML in UTF-8")
    }
    try self.init(text, file: url.path)
  }

  /// - Parameter file: what error messages call it.
  package init(_ text: String, file: String) throws {
    let top = try SettingsNode(text: text, file: file, allowed: "endpoints").fields(["endpoints"])
    var entries: [String: Entry] = [:]
    for (name, node) in try top["endpoints"]?.entries ?? [] {
      guard !name.isEmpty,
        name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }),
        !name.hasPrefix("http")
      else {
        throw node.problem(
          "the name '\(name)'", allowed: "letters, digits, - _ and ., not beginning with http")
      }
      entries[name] = try Self.entry(node)
    }
    self.init(entries: entries, place: file)
  }

  private static func entry(_ node: SettingsNode) throws -> Entry {
    for (name, value) in try node.entries where secretKeys.contains(name.lowercased()) {
      throw value.problem(
        "a key in the file", allowed: "key_variable, the name of the variable that holds it")
    }
    let fields = try node.fields([
      "url", "key_variable", "waits", "attempts", "concurrency", "reply_bytes", "prices",
      "most_cost", "learning_rate", "answers", "scoring", "draws",
      "base", "adapter_paths",
    ])
    guard let url = fields["url"] else {
      throw node.problem("no url", allowed: "url, such as https://api.openai.com/v1")
    }
    var settings = EndpointSettings()
    try fields["waits"].map { try read($0, into: &settings.waits) }
    try fields["attempts"].map { try read($0, into: &settings.attempts) }
    try fields["concurrency"].map { node in
      let parts = try node.fields(["least", "most"])
      settings.concurrency.least = try parts["least"]?.whole(1...4096) ?? 1
      settings.concurrency.most = try parts["most"]?.whole(1...4096) ?? 64
      if settings.concurrency.least > settings.concurrency.most {
        throw node.problem("a least above the most", allowed: "least, most")
      }
    }
    if let bytes = fields["reply_bytes"] {
      settings.replyBytes = try bytes.whole(1 << 10...1 << 30)
    }
    settings.prices = try fields["prices"].map(prices)
    settings.mostCost = try fields["most_cost"]?.number(0...1e9)
    settings.learningRate = try fields["learning_rate"]?.number(1e-12...1)
    settings.answers = try fields["answers"]?.text
    settings.base = try fields["base"]?.text
    settings.adapterPaths = try fields["adapter_paths"].map { node in
      let parts = try node.fields(["here", "there"])
      guard let here = try parts["here"]?.text, let there = try parts["there"]?.text,
        !here.isEmpty, there.hasPrefix("/")
      else {
        throw node.problem(
          "no two folders",
          allowed: "here, a folder of this machine, and there, its whole path on the server")
      }
      return EndpointSettings.AdapterPaths(here: here, there: there)
    }
    settings.draws = try fields["draws"]?.whole(0...10_000) ?? settings.draws
    if let node = fields["scoring"] {
      guard let scoring = EndpointSettings.Scoring(rawValue: try node.text) else {
        throw node.problem(
          "no such scoring",
          allowed: EndpointSettings.Scoring.allCases.map(\.rawValue).joined(separator: ", "))
      }
      settings.scoring = scoring
    }
    if let cost = fields["most_cost"], settings.prices == nil {
      throw cost.problem("a limit and no prices", allowed: "with `prices`")
    }
    return Entry(
      url: try EndpointURL(try url.text, place: "url"),
      keyVariable: try fields["key_variable"].map(keyVariable) ?? EndpointAddress.usualKey,
      settings: settings)
  }

  /// The name of a variable; nil for `none`. What looks like a key itself is refused, and not shown.
  private static func keyVariable(_ node: SettingsNode) throws -> String? {
    let name = try node.text
    if name == "none" { return nil }
    let isName =
      name.utf8.count <= 64 && name.first?.isNumber == false
      && name.allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber || $0 == "_") }
    guard isName else {
      throw node.problem(
        "what is no name of a variable", allowed: "capital letters, digits and _, or none")
    }
    return name
  }

  private static func read(_ node: SettingsNode, into waits: inout EndpointSettings.Waits) throws {
    let fields = try node.fields(["connecting", "first_byte", "silence", "longest", "first"])
    let seconds = 0.001...86_400.0
    waits.connecting = try fields["connecting"]?.number(seconds) ?? waits.connecting
    waits.firstByte = try fields["first_byte"]?.number(seconds) ?? waits.firstByte
    waits.silence = try fields["silence"]?.number(seconds) ?? waits.silence
    waits.longest = try fields["longest"]?.number(0...86_400) ?? waits.longest
    waits.first = try fields["first"]?.number(seconds) ?? waits.first
  }

  private static func read(
    _ node: SettingsNode, into attempts: inout EndpointSettings.Attempts
  ) throws {
    let fields = try node.fields(["connection", "silence", "busy", "server", "malformed"])
    func count(_ name: String, _ usual: Int) throws -> Int {
      try fields[name]?.whole(1...1000) ?? usual
    }
    attempts.connection = try count("connection", attempts.connection)
    attempts.silence = try count("silence", attempts.silence)
    attempts.busy = try count("busy", attempts.busy)
    attempts.server = try count("server", attempts.server)
    attempts.malformed = try count("malformed", attempts.malformed)
  }

  private static func prices(_ node: SettingsNode) throws -> EndpointSettings.Prices {
    let fields = try node.fields(["input", "output", "training", "currency"])
    let range = 0...1e6
    guard let input = fields["input"], let output = fields["output"] else {
      throw node.problem("no price of input or output", allowed: "both, for a million tokens")
    }
    return EndpointSettings.Prices(
      input: try input.number(range), output: try output.number(range),
      training: try fields["training"]?.number(range),
      currency: try fields["currency"]?.text ?? "USD")
  }
}
