import Foundation
import NosceCore
import NosceEngine
import NoscePorts
import NosceRows
import NosceTokenizer

/// A checkpoint folder on this machine as something that can be asked and fine-tuned.
package struct LocalModel: ModelProvider {
  package let identity: ModelIdentity
  /// A large model's products are shared out among the threads; of a small one, each thread works
  /// on a subject of its own.
  package let lanes: Int
  package let checkpoint: LoadedCheckpoint
  private let chat: ChatTokenizer
  private let engine: EngineThreads
  private let digits: [Int32]
  private let unadapted: LocalSubject
  private let localTrainer: LocalTrainer

  var model: LanguageModel { checkpoint.model }
  package var precision: String { model.precision.rawValue }
  package var capabilities: Capabilities { Capabilities() }
  package var trainer: (any Trainer)? { localTrainer }

  /// Reads a Hugging Face checkpoint folder: configuration, weights, tokenizer and chat template.
  ///
  /// Without a `precision`, weights that are stored in 32 bits are computed with in 32 bits, others
  /// in bfloat16.
  ///
  /// - Parameter template: the chat template in place of its own.
  package init(
    directory: URL, name: String, summary: String, note: String? = nil,
    template: GivenTemplate? = nil, precision: Precision? = nil,
    threads: Int = ProcessInfo.processInfo.activeProcessorCount
  ) throws {
    let stored = try ModelConfiguration(contentsOf: directory).storedType
    let model = try LanguageModel(
      directory: directory, precision: precision ?? (stored == .float32 ? .float32 : .bfloat16))
    lanes = model.sharesProducts ? 1 : max(1, threads)
    checkpoint = LoadedCheckpoint(
      name: name, model: model,
      text: try CheckpointText(
        directory: directory, model: model.configuration, template: template),
      threads: model.sharesProducts ? max(1, threads) : 1)
    chat = try checkpoint.text.requireChat()
    engine = EngineThreads(count: lanes)
    let rows = model.configuration.vocabularySize
    digits = chat.tokenizer.idsOfDigits().filter { $0 < rows }
    unadapted = try LocalSubject(
      model, adapter: nil, chat: chat, digits: digits, threads: checkpoint.threads,
      engine: engine)
    localTrainer = LocalTrainer(checkpoint, engine: engine)
    let notes = [
      note, chat.note, Self.oddities(chat.tokenizer, model.configuration), Self.unfinite(model),
      Self.adapter(in: directory),
    ]
    let said = notes.compactMap(\.self)
    identity = ModelIdentity(
      name: name, summary: summary, note: said.isEmpty ? nil : said.joined(separator: " "),
      contentHash: try Self.hash(of: directory, template), template: template)
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

  private static func adapter(in directory: URL) -> String? {
    UnusedFiles.adapter(in: directory).isEmpty
      ? nil : "The model's folder also holds an adapter, which is not applied."
  }

  private static func unfinite(_ model: LanguageModel) -> String? {
    guard let first = model.unfiniteTensors.first else { return nil }
    return "Numbers of \(first) are not finite: answers that depend on them are errors."
  }

  /// Of every file that decides what the model says, and of a template in place of its own.
  private static func hash(of directory: URL, _ template: GivenTemplate?) throws -> String {
    let hash = try hash(of: directory)
    guard let template else { return hash }
    let beginning = template.addsBeginning ? " behind the beginning of a text" : ""
    return ContentHash.of("\(hash)\nchat template \(template.hash)\(beginning)")
  }

  private static func hash(of directory: URL) throws -> String {
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    let kinds = ["json", "safetensors", "jinja"]
    // An organism's card says where it comes from, and decides nothing.
    let files = names.filter { name in
      name != "card.json" && kinds.contains { name.hasSuffix(".\($0)") }
    }.sorted()
    return ContentHash.of(
      try files.map { name in
        let data = try Data(
          contentsOf: directory.appendingPathComponent(name), options: .mappedIfSafe)
        return "\(name) \(ContentHash.of(data))"
      }.joined(separator: "\n"))
  }

  /// Tokens of a conversation up to its answer.
  func promptLength(_ chat: Chat, prefill: String?) throws -> Int {
    try self.chat.prompt(messages: chat.messages, prefill: prefill).count
  }

  package func settle() async { await engine.settle() }

  package func open(_ adapter: AdapterReference?) async throws -> any Subject {
    switch adapter {
    case nil: return unadapted
    case .folder(let folder):
      return try LocalSubject(
        model, adapter: try LoRAAdapter(directory: folder, model: model.configuration), chat: chat,
        digits: digits, threads: checkpoint.threads, engine: engine)
    case .served(let name):
      throw LabError(
        .backend, "\(name): found an adapter that is served; allowed: one in a folder")
    }
  }
}
