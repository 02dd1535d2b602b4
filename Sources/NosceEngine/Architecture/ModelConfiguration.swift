import Foundation
import NosceCore
import NosceFormats

/// What a decoder-only transformer computes, layer by layer, and what its tensors are called.
///
/// A family's file (`Families/`) makes it from a Hugging Face `config.json`; nothing behind it
/// knows families. Whatever would change the numbers and is not supported is refused by name when
/// the file is read, never ignored.
package struct ModelConfiguration: Sendable, Equatable {
  package let family: ModelFamily
  package let vocabularySize: Int
  package let hiddenSize: Int
  /// No sequence may be longer.
  package let maximumPositions: Int
  package let embedding: Embedding
  package let layers: [TransformerLayer]
  package let finalNorm: Norm
  /// The path of the output head; nil for a tied model, whose head is its embedding.
  package private(set) var headPath: String?
  /// Logits are squashed into (-cap, cap) by cap · tanh(x / cap).
  package let logitCap: Double?
  /// Every kind of rotary angles that a layer refers to.
  package let rotaries: [Rotary]
  /// The part of tensor names that checkpoints of the bare model leave out: `model.`
  package let basePrefix: String
  /// What newer or older checkpoints call a tensor, by the name that it has here.
  package private(set) var otherNames: [String: String]
  /// Ends of names of buffers that old libraries stored beside the weights and that nobody needs.
  package let ignoredSuffixes: [String]
  /// The type that the weights are said to be stored in; the files themselves decide.
  package let storedType: TensorType
  package let initializerRange: Double
  package let bosTokenID: Int?
  package let padTokenID: Int?
  /// The tokens that end an answer; empty when the file names none.
  package let eosTokenIDs: [Int]
  /// The settings that it was made from.
  package let source: JSON

  package var layerCount: Int { layers.count }
  /// A tied head counts once.
  package var parameterCount: Int {
    ParameterLayout(self).tensors.reduce(0) { $0 + $1.count }
  }
  package var tiedEmbeddings: Bool { headPath == nil }
  /// The first layer's; layers do not differ in these.
  package var headCount: Int { layers[0].attention.heads }
  package var keyValueHeadCount: Int { layers[0].attention.keyValueHeads }
  package var headDimension: Int { layers[0].attention.headSize }
  package var intermediateSize: Int { layers[0].feedForward.size }

  /// Reads a `config.json`; a folder stands for the one inside it.
  package init(contentsOf url: URL) throws(CheckpointError) {
    self = try ModelFamily.configuration(SettingsReader(contentsOf: Self.file(url)))
  }

  /// Reads the settings of a model's files.
  package init(_ files: ModelFiles) throws(CheckpointError) {
    switch files {
    case .folder(let directory): try self.init(contentsOf: directory)
    case .gguf(let file):
      self = try ModelFamily.configuration(try GGUFSettings(file).settings)
    }
  }

  /// The settings of a GGUF file in the words of a `config.json`, whether or not a family can be made
  /// of them.
  package static func settings(of file: GGUFFile) throws(CheckpointError) -> JSONObject {
    try GGUFSettings(file).settings.object
  }

  /// The metadata of a GGUF file that say something about the model's shape and that nobody asks for.
  package static func unreadKeys(of file: GGUFFile) -> [String] { GGUFSettings.unread(in: file) }

  /// The settings of a `config.json` that no part of the family asks for, but for those that compute
  /// nothing.
  package static func unreadKeys(of url: URL) throws(CheckpointError) -> [String] {
    let settings = try SettingsReader(contentsOf: file(url))
    _ = try ModelFamily.configuration(settings)
    return settings.unreadKeys.filter { !inert.contains($0) }
  }

  private static func file(_ url: URL) -> URL {
    let isDirectory = (try? url.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true
    return isDirectory ? url.appendingPathComponent("config.json") : url
  }

  /// Puts together what every family reads alike with what a family's file has found.
  init(
    _ family: ModelFamily, _ settings: SettingsReader, _ sizes: CommonSizes, embedding: Embedding,
    layers: [TransformerLayer], finalNorm: Norm, headPath: String?, logitCap: Double? = nil,
    rotaries: [Rotary], basePrefix: String = "model.", otherNames: [String: String] = [:],
    ignoredSuffixes: [String] = []
  ) throws(CheckpointError) {
    self.family = family
    vocabularySize = sizes.vocabulary
    hiddenSize = sizes.hidden
    maximumPositions = sizes.positions
    self.embedding = embedding
    self.layers = layers
    self.finalNorm = finalNorm
    self.headPath = headPath
    self.logitCap = logitCap
    self.rotaries = rotaries
    self.basePrefix = basePrefix
    self.otherNames = otherNames
    self.ignoredSuffixes = ignoredSuffixes + [".rotary_emb.inv_freq"]
    initializerRange = try settings.nonNegative("initializer_range", default: 0.02)
    storedType = try settings.storedType()
    bosTokenID = try settings.indices("bos_token_id")?.first
    // Some checkpoints write -1 for "none".
    let hasPadding = settings["pad_token_id"] != .integer(-1)
    padTokenID = hasPadding ? try settings.indices("pad_token_id")?.first : nil
    eosTokenIDs = try settings.indices("eos_token_id") ?? []
    source = .object(settings.object)
    for id in eosTokenIDs where id >= vocabularySize {
      throw settings.failure(
        "eos_token_id = \(id)", allowed: "a token of the vocabulary of \(vocabularySize)")
    }
  }

  /// What a checkpoint makes of it: a file may hold a head of its own although the settings call the
  /// model tied, and then that head counts, as it does in the reference library; or it may hold the
  /// shared table under the head's name only.
  func fitted(to weights: CheckpointWeights) throws -> ModelConfiguration {
    guard tiedEmbeddings,
      let head = Self.headNames.first(where: { weights.contains($0 + ".weight") })
    else { return self }
    var result = self
    let table = embedding.path + ".weight"
    let bare = String(table.dropFirst(basePrefix.count))
    guard let stored = [table, bare].first(where: weights.contains) else {
      result.otherNames[table] = head + ".weight"
      return result
    }
    if try !weights.hasSameBytes(stored, head + ".weight") { result.headPath = head }
    return result
  }

  /// What families call the output head.
  static let headNames = ["lm_head", "embed_out"]

  /// Writes `config.json` into a folder, as it was read but for the type of the stored weights.
  package func write(to directory: URL, storedType: TensorType) throws {
    let name =
      switch storedType {
      case .bfloat16: "bfloat16"
      case .float16: "float16"
      default: "float32"
      }
    // The older spelling, which both older and newer versions of the reference library read.
    let type = (key: "torch_dtype", value: JSON.string(name))
    var members = source.object?.members ?? []
    if let place = members.firstIndex(where: { Self.typeKeys.contains($0.key) }) {
      members[place] = type
      members[(place + 1)...].removeAll { Self.typeKeys.contains($0.key) }
    } else {
      members.append(type)
    }
    try Storage.write(
      JSON.object(members).text() + "\n",
      to: directory.appendingPathComponent("config.json"))
  }

  /// Settings of how a file was made, of what a library returns and keeps, and of other kinds of model.
  private static let inert: Set<String> = [
    "transformers_version", "_name_or_path", "_attn_implementation_autoset", "use_cache",
    "return_dict",
    "pretraining_tp", "n_ctx", "task_specific_params", "id2label", "label2id", "problem_type",
    "summary_activation", "summary_first_dropout", "summary_proj_to_labels", "summary_type",
    "summary_use_proj", "cache_implementation",
  ]

  private static let typeKeys: Set<String> = ["dtype", "torch_dtype"]
}
