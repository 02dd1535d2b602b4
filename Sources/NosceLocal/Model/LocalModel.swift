import Foundation
import NosceCore
import NosceEngine
import NosceFormats
import NoscePorts
import NosceRows
import NosceTokenizer

/// A checkpoint on this machine as something that can be asked and fine-tuned.
package struct LocalModel: ModelProvider {
  package let identity: ModelIdentity
  /// A large model's products are shared out among the threads; of a small one, each thread works
  /// on a subject of its own.
  package let lanes: Int
  package let checkpoint: LoadedCheckpoint
  let chat: ChatTokenizer
  private let engine: EngineThreads
  private let digits: [Int32]
  private let lines: LineWriting
  private let unadapted: LocalSubject
  private let localTrainer: LocalTrainer

  var model: LanguageModel { checkpoint.model }
  package var precision: String { model.precision.rawValue }
  package var capabilities: Capabilities { Capabilities(derives: true) }
  package var trainer: (any Trainer)? { localTrainer }

  /// Reads a model's files: configuration, weights, tokenizer and chat template.
  ///
  /// Without a `precision`, weights that are stored in 32 bits are computed with in 32 bits, others
  /// in bfloat16, quantised ones too.
  ///
  /// - Parameter template: the chat template in place of its own.
  package init(
    _ files: ModelFiles, name: String, summary: String, note: String? = nil,
    template: GivenTemplate? = nil, precision: Precision? = nil,
    threads: Int = ProcessInfo.processInfo.activeProcessorCount
  ) throws {
    let stored = try ModelConfiguration(files).storedType
    let model = try LanguageModel(
      files, precision: precision ?? (stored == .float32 ? .float32 : .bfloat16))
    lanes = model.sharesProducts ? 1 : max(1, threads)
    checkpoint = LoadedCheckpoint(
      name: name, model: model,
      text: try CheckpointText(files, model: model.configuration, template: template),
      threads: model.sharesProducts ? max(1, threads) : 1)
    chat = try checkpoint.text.requireChat()
    engine = EngineThreads(count: lanes)
    let rows = model.configuration.vocabularySize
    digits = chat.tokenizer.idsOfDigits().filter { $0 < rows }
    lines = LineWriting(checkpoint.text, rows: rows)
    unadapted = try LocalSubject(
      model, adapter: nil, chat: chat, digits: digits, lines: lines, threads: checkpoint.threads,
      engine: engine)
    localTrainer = LocalTrainer(checkpoint, engine: engine)
    let notes = [
      note, chat.note, Self.oddities(chat.tokenizer, model.configuration), Self.unfinite(model),
      Self.adapter(beside: files),
    ]
    let said = notes.compactMap(\.self)
    let hash = try files.contentHash()
    identity = ModelIdentity(
      name: name, summary: files.stored.map { "\(summary) (\($0), sha256 \(hash))" } ?? summary,
      note: said.isEmpty ? nil : said.joined(separator: " "),
      contentHash: Self.hash(hash, template), template: template)
  }

  /// Reads a Hugging Face checkpoint folder.
  package init(
    directory: URL, name: String, summary: String, note: String? = nil,
    template: GivenTemplate? = nil, precision: Precision? = nil,
    threads: Int = ProcessInfo.processInfo.activeProcessorCount
  ) throws {
    try self.init(
      .folder(directory), name: name, summary: summary, note: note, template: template,
      precision: precision, threads: threads)
  }

  /// Real tables are padded by a few rows; one twice as large may belong to another tokenizer.
  private static func oddities(
    _ tokenizer: Tokenizer, _ configuration: ModelConfiguration
  ) -> String? {
    guard tokenizer.embeddingRows * 2 < configuration.vocabularySize else { return nil }
    return "The tokenizer knows \(tokenizer.embeddingRows) of the model's "
      + "\(configuration.vocabularySize) tokens: it may be that of another model. Tokens that it "
      + "does not know are left out of answers."
  }

  private static func adapter(beside files: ModelFiles) -> String? {
    UnusedFiles.adapter(beside: files).isEmpty
      ? nil : "The model's folder also holds an adapter, which is not applied."
  }

  private static func unfinite(_ model: LanguageModel) -> String? {
    guard let first = model.unfiniteTensors.first else { return nil }
    return "Numbers of \(first) are not finite: answers that depend on them are errors."
  }

  /// The hash by which plans know a model of these files, without loading it.
  package static func contentHash(
    of files: ModelFiles, template: GivenTemplate?
  ) throws -> String {
    hash(try files.contentHash(), template)
  }

  /// Of the files, and of a template in place of their own.
  private static func hash(_ files: String, _ template: GivenTemplate?) -> String {
    guard let template else { return files }
    let beginning = template.addsBeginning ? " behind the beginning of a text" : ""
    return ContentHash.of("\(files)\nchat template \(template.hash)\(beginning)")
  }

  /// Tokens of a conversation up to its answer.
  func promptTokens(_ chat: Chat, prefill: String?) throws -> [Int32] {
    try self.chat.prompt(messages: chat.messages, prefill: prefill)
  }

  package func settle() async { await engine.settle() }

  package func derive(_ derivation: AdapterDerivation) async throws -> TrainingResult {
    try await computed { try LocalDerivation(checkpoint: $0).result(of: derivation) }
  }

  /// What a body makes of the checkpoint, on the engine's threads: ``settle()`` waits for it.
  package func computed<Value: Sendable>(
    _ body: @escaping @Sendable (LoadedCheckpoint) throws -> Value
  ) async throws -> Value {
    let values = engine.stream { [checkpoint] values in values.yield(try body(checkpoint)) }
    for try await value in values { return value }
    throw CancellationError()
  }

  package func open(_ adapter: AdapterReference?) async throws -> any Subject {
    switch adapter {
    case nil: return unadapted
    case .folder(let folder):
      return try LocalSubject(
        model, adapter: try LoRAAdapter(directory: folder, model: model.configuration), chat: chat,
        digits: digits, lines: lines, threads: checkpoint.threads, engine: engine)
    case .served(let name):
      throw LabError(
        .backend, "\(name): found an adapter that is served; allowed: one in a folder")
    }
  }
}
