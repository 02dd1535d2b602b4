import Foundation
import NosceEngine
import NosceFormats
import NoscePorts
import NosceTokenizer

/// What a checkpoint holds, found without loading its weights, which are read through once.
///
/// Also describes models that the engine does not compute: what stands in the way is in `problems`,
/// what is merely unusual in `oddities`.
package struct CheckpointInspection: Sendable {
  /// The folder, or the first of the GGUF files.
  package let place: URL
  /// Of GGUF files: what they say, key by key.
  package let metadata: GGUFMetadata?
  package let shape: ConfigFacts
  /// Nil where the engine does not compute this kind of model.
  package let configuration: ModelConfiguration?
  package let weights: WeightFacts?
  package let text: TextFacts
  /// Whether the engine computes this model, with these weights.
  package let isSupported: Bool
  package private(set) var problems: [String] = []
  package private(set) var oddities: [String] = []
  /// The files of the folder that are not read, and keys of those that are.
  package let unused: UnusedParts

  /// Throws only where there is no readable `config.json`, or no GGUF file of a known kind.
  ///
  /// - Parameter template: what would be used in place of its own chat template.
  package init(_ files: ModelFiles, template: GivenTemplate? = nil) throws {
    place = files.url
    metadata = if case .gguf(let file) = files { file.metadata } else { nil }
    let shape = try ConfigFacts(files)
    self.shape = shape
    var problems: [String] = []
    @discardableResult func attempt<Value>(_ body: () throws -> Value) -> Value? {
      do { return try body() } catch {
        problems.append("\(error)")
        return nil
      }
    }
    configuration = attempt { try ModelConfiguration(files) }
    weights = attempt { try WeightFacts(files, layers: shape.layers) }
    if configuration != nil, weights != nil {
      attempt { try ModelConfiguration.checkWeights(of: files) }
    }
    isSupported = problems.isEmpty
    text = TextFacts(files, template: template)
    unused =
      switch files {
      case .folder(let directory):
        Self.unused(directory, isComputed: configuration != nil, weights?.fileNames ?? [])
      case .gguf(let file):
        Self.unused(file)
      }
    self.problems = problems + Self.unfinite(weights) + text.problems
    oddities = findOddities()
  }

  private static func unused(_ file: GGUFFile) -> UnusedParts {
    let keys = ModelConfiguration.unreadKeys(of: file) + GGUFTextKeys.unread(in: file.metadata)
    return UnusedParts(
      files: [],
      keys: keys.isEmpty ? [] : [.init(file: file.url.lastPathComponent, keys: keys)])
  }

  private static func unused(
    _ directory: URL, isComputed: Bool, _ weightNames: [String]
  ) -> UnusedParts {
    // Where nothing computes the model, there is no telling what would be read.
    let shapeKeys = isComputed ? (try? ModelConfiguration.unreadKeys(of: directory)) ?? [] : []
    let weightFiles = UnusedFiles.weights(in: directory, besides: weightNames)
    let adapter = UnusedFiles.adapter(in: directory)
    let unread = TextFiles.unread(
      in: directory, besides: otherFiles(directory).union(weightFiles).union(adapter))
    return UnusedParts(
      files: weightFiles + unread.filter(\.keys.isEmpty).map(\.file),
      keys: ([.init(file: "config.json", keys: shapeKeys)]
        + unread.map { .init(file: $0.file, keys: $0.keys) }).filter { !$0.keys.isEmpty },
      adapter: adapter)
  }

  /// The files that are read for the model itself, and those that are written for people.
  private static func otherFiles(_ directory: URL) -> Set<String> {
    var names: Set<String> = [
      "config.json", "card.json", "README.md", "LICENSE", "LICENSE.txt", "NOTICE",
    ]
    guard let weights = try? CheckpointWeights(directory: directory) else { return names }
    names.formUnion(weights.files.map(\.url.lastPathComponent))
    let single = directory.appendingPathComponent("model.safetensors").path
    if !FileManager.default.fileExists(atPath: single) {
      names.insert("model.safetensors.index.json")
    }
    return names
  }

  private static func unfinite(_ weights: WeightFacts?) -> [String] {
    let found = weights?.unfinite ?? []
    let more = found.count - 3
    return found.prefix(3) + (more > 0 ? ["\(more) more tensors with such numbers"] : [])
  }

  /// Whether the output head is the embedding.
  package var isTied: Bool? { shape.isTied ?? weights.map { !$0.hasHead } }

  /// About the memory, in bytes, of one use in one precision.
  package struct Memory: Sendable {
    package let precision: Precision
    package let asking: Int
    /// LoRA of rank 8 on every linear module, on so many tokens at a time in rows of some length.
    package let training: Int
    package static let tokens = 2048
    fileprivate static let rowTokens = 256
  }

  package var memory: [Memory] {
    // Sizes that the weights do not bear out could ask for any amount of memory.
    guard isSupported, let configuration, let weights else { return [] }
    let estimate = MemoryEstimate(configuration, parameters: weights.parameters)
    let tokens = min(Memory.tokens, configuration.maximumPositions)
    return [Precision.float32, .bfloat16].compactMap { precision in
      guard
        let training = try? estimate.training(
          precision, rank: 8, longest: min(Memory.rowTokens, tokens), step: Memory.tokens)
      else { return nil }
      return Memory(
        precision: precision, asking: estimate.asking(precision, tokens: tokens),
        training: training)
    }
  }

  private func findOddities() -> [String] {
    var found: [String] = []
    if let rows = shape.vocabulary, let tokens = text.embeddingRows {
      if rows > tokens {
        found.append(
          "\(rows - tokens) of \(rows) rows of the embedding belong to no token of the tokenizer")
      } else if rows < tokens {
        found.append(
          "the tokenizer gives ids up to \(tokens - 1), the embedding has \(rows) rows")
      }
    }
    if text.hasTokenizer, text.template == nil, text.templateProblem == nil {
      found.append(
        "no chat template: it can be asked with plain text only, or with --chat-template")
    }
    if let template = text.template {
      if !template.acceptsSystem { found.append("the chat template takes no system message") }
      if template.endOfTurn == nil {
        let words = template.endOfAnswer.map {
          ", but with the words \(JSON.string($0).text(indent: 0))"
        }
        found.append(
          "the chat template ends the assistant's turn with no special token\(words ?? "")")
      }
    }
    if text.hasTokenizer, text.stopTokens.isEmpty { found.append("no token ends an answer") }
    found += shape.oddities
    if let weights {
      if let stated = shape.storedType, weights.types.count == 1, place.hasDirectoryPath,
        weights.types[0].type != stated.rawValue
      {
        found.append(
          "config.json says that the weights are \(stated.rawValue), "
            + "they are \(weights.types[0].type)")
      }
      if weights.types.count > 1 {
        let types = weights.types.map { "\($0.type) (\($0.tensors) tensors)" }
        found.append("weights of several types: \(types.joined(separator: ", "))")
      }
      if shape.isTied == true, weights.hasHead {
        found.append("an output head is stored although the embedding serves as one")
      }
      found += weights.extras
    }
    return found
  }
}
