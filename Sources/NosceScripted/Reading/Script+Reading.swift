import Foundation
import NosceCore
import NosceFormats
import NoscePorts

extension Script {
  /// The script of a file.
  package init(contentsOf url: URL) throws {
    let data = try Storage.read(url)
    guard let text = ForeignText.text(of: data) else {
      let found = ForeignText.name(of: data) ?? "no text"
      throw LabError(.invalidExperiment, "\(url.path): found \(found); allowed: YAML in UTF-8")
    }
    try self.init(text, file: url.path)
  }

  /// The script that a text is.
  ///
  /// - Parameter file: what error messages call it; its last part without an ending is the name
  ///   where the script has none.
  package init(_ text: String, file: String) throws {
    let top = try ScriptNode(text: text, file: file)
    let fields = try top.fields(["name", "capabilities", "lanes", "rules", "training", "asking"])
    name =
      try fields["name"]?.text
      ?? URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
    lanes = try fields["lanes"]?.whole(from: 1) ?? 2
    rules = try fields["rules"]?.list.map { try ScriptRule($0) } ?? []
    training = try fields["training"].map { try ScriptedTraining($0) } ?? ScriptedTraining()
    asking = try fields["asking"].map { try ScriptedAsking($0) } ?? ScriptedAsking()
    capabilities = Capabilities(derives: true)
    contentHash = ContentHash.of(text)
    try fields["capabilities"].map { try read($0) }
  }

  private mutating func read(_ node: ScriptNode) throws {
    let fields = try node.fields([
      "log_probs", "samples", "prefill", "seeds", "adapters", "training", "snapshots", "starts",
      "derives", "least_rows",
    ])
    func can(_ key: String) throws -> Bool { try fields[key]?.flag ?? true }
    capabilities = Capabilities(
      scoring: try fields["log_probs"].map { try Self.scoring($0) } ?? .exact,
      samples: try can("samples"), prefill: try can("prefill"), seeds: try can("seeds"),
      adapters: try can("adapters"), starts: try can("starts"),
      derives: try can("derives"))
    training.isPossible = try can("training")
    training.keepsSnapshots = try can("snapshots")
    training.leastRows = try fields["least_rows"]?.whole(from: 1) ?? 1
  }

  private static func scoring(_ node: ScriptNode) throws -> Capabilities.Scoring {
    switch node.word(among: ["exact", "none"]) {
    case "exact": return .exact
    case "none": return .none
    default:
      guard let count = node.count(behind: "top-"), count > 0 else {
        throw node.problem("exact, none, or top-N with N of 1 or more")
      }
      return .top(count)
    }
  }
}

extension ScriptedTraining {
  init(_ node: ScriptNode) throws {
    let fields = try node.fields(["logit_change", "seconds_per_step", "loss", "fail"])
    let anything = 0...Double.greatestFiniteMagnitude
    if let change = fields["logit_change"] {
      logitChange = change.word(among: ["none"]) == nil ? try change.number(anything) : nil
    }
    secondsPerStep = try fields["seconds_per_step"]?.number(0...3600) ?? 0
    losses = try fields["loss"]?.list.map { try $0.number(anything) } ?? []
    breakdowns =
      try fields["fail"]?.list.map { node in
        let fields = try node.fields(["cell", "step", "times"])
        return Breakdown(
          cells: TextPattern(try fields["cell"]?.text ?? "*"),
          step: try fields["step"]?.whole(from: 1) ?? 1,
          times: try fields["times"]?.whole(from: 1) ?? 1)
      } ?? []
  }
}

extension ScriptedAsking {
  init(_ node: ScriptNode) throws {
    let fields = try node.fields(["seconds_per_reply", "fail"])
    secondsPerReply = try fields["seconds_per_reply"]?.number(0...3600) ?? 0
    silences =
      try fields["fail"]?.list.map { node in
        let fields = try node.fields(["adapter", "after", "times"])
        return Silence(
          adapters: TextPattern(try fields["adapter"]?.text ?? "*"),
          replies: try fields["after"]?.whole(from: 0) ?? 0,
          times: try fields["times"]?.whole(from: 1) ?? 1)
      } ?? []
  }
}
