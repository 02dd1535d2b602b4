import Foundation
import NosceCore
import NosceEngine
import NoscePorts
import NosceRows
import NosceTokenizer

/// A checkpoint folder on this machine as something that can be asked and fine-tuned.
package struct LocalModel: ModelProvider {
  /// What asking and training share.
  package struct Parts: Sendable {
    let name: String
    let model: LanguageModel
    let text: CheckpointText
    /// How many threads work on one subject.
    let threads: Int
  }

  package let identity: ModelIdentity
  /// A large model's products are shared out among the threads; of a small one, each thread works
  /// on a subject of its own.
  package let lanes: Int
  package let parts: Parts
  private let chat: ChatTokenizer
  private let engine: EngineThreads
  private let unadapted: LocalSubject
  private let localTrainer: LocalTrainer

  var model: LanguageModel { parts.model }
  package var precision: String { model.precision.rawValue }
  package var capabilities: Capabilities { Capabilities() }
  package var trainer: (any Trainer)? { localTrainer }

  /// Reads a Hugging Face checkpoint folder: configuration, weights, tokenizer and chat template.
  ///
  /// Without a `precision`, weights that are stored in 32 bits are computed with in 32 bits, others
  /// in bfloat16.
  package init(
    directory: URL, name: String, summary: String, note: String? = nil,
    precision: Precision? = nil, threads: Int = ProcessInfo.processInfo.activeProcessorCount
  ) throws {
    let stored = try ModelConfiguration(contentsOf: directory).storedType
    let model = try LanguageModel(
      directory: directory, precision: precision ?? (stored == .float32 ? .float32 : .bfloat16))
    lanes = model.sharesProducts ? 1 : max(1, threads)
    parts = Parts(
      name: name, model: model,
      text: try CheckpointText(directory: directory, model: model.configuration),
      threads: model.sharesProducts ? max(1, threads) : 1)
    chat = try parts.text.requireChat()
    engine = EngineThreads(count: lanes)
    unadapted = try LocalSubject(
      model, adapter: nil, chat: chat, threads: parts.threads, engine: engine)
    localTrainer = LocalTrainer(parts, engine: engine)
    let notes = [note, chat.note, Self.oddities(chat.tokenizer, model.configuration)]
    let said = notes.compactMap(\.self)
    identity = ModelIdentity(
      name: name, summary: summary, note: said.isEmpty ? nil : said.joined(separator: " "),
      contentHash: try Self.hash(of: directory))
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

  /// Of every file that decides what the model says.
  private static func hash(of directory: URL) throws -> String {
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    let kinds = ["json", "safetensors", "jinja"]
    let files = names.filter { name in kinds.contains { name.hasSuffix(".\($0)") } }.sorted()
    return ContentHash.of(
      try files.map { name in
        let data = try Data(
          contentsOf: directory.appendingPathComponent(name), options: .mappedIfSafe)
        return "\(name) \(ContentHash.of(data))"
      }.joined(separator: "\n"))
  }

  package func open(_ adapter: AdapterReference?) async throws -> any Subject {
    switch adapter {
    case nil: return unadapted
    case .folder(let folder):
      return try LocalSubject(
        model, adapter: try LoRAAdapter(directory: folder, model: model.configuration), chat: chat,
        threads: parts.threads, engine: engine)
    case .served(let name):
      throw LabError(
        .backend, "\(name): found an adapter that is served; allowed: one in a folder")
    }
  }
}

extension LocalModel.Parts {
  /// A job as the training loop takes it.
  func adapterRun(_ job: TrainingJob) throws -> AdapterRun {
    let examples = try encoded(job.rows, of: job.name)
    guard !examples.isEmpty else {
      throw LabError(.backend, "\(job.name): no training rows; at least one is needed")
    }
    let configuration = try job.settings.adapter(layerCount: model.configuration.layerCount)
    return AdapterRun(
      model: model, examples: examples,
      start: try LoRAAdapter(configuration, model: model.configuration, seed: job.seed),
      optimizer: job.settings.optimizer,
      plan: job.settings.batches(of: examples.count, seed: job.seed), steps: job.settings.steps,
      shards: model.adapterShards, threads: threads, name: job.name)
  }

  /// The rows as they are trained on; errors name the subject and the row's number.
  package func encoded(_ rows: [TrainingRow], of subject: String) throws -> [TrainingExample] {
    let encoder = RowEncoder(text: text, model: model.configuration)
    return try rows.enumerated().map { place, row in
      try encoder.example(NumberedRow(file: subject, line: place + 1, row: row))
    }
  }
}

extension TrainingSettings {
  /// One micro-batch a step; the last of a pass through the rows may be smaller.
  func batches(of rows: Int, seed: UInt64) -> BatchPlan {
    let size = min(batchRows ?? rows, rows)
    // The order of rows that are all read at once makes no difference.
    let keepsOrder = order == .given || size == rows
    return BatchPlan(
      rowCount: rows, sizes: [size], order: keepsOrder ? .file : .shuffled(seed: seed))
  }

  func adapter(layerCount: Int) throws -> AdapterConfiguration {
    if let wrong = layers?.first(where: { $0 < 0 || $0 >= layerCount }) {
      throw LabError(
        .invalidExperiment,
        "layers: found \(wrong); allowed: 0 to \(layerCount - 1), the layers of this model")
    }
    var configuration = AdapterConfiguration(
      rank: rank, alpha: alpha,
      targets: targets == ["all-linear"] ? .allLinear : .names(targets))
    configuration.layers = layers
    configuration.rankStabilised = rankStabilised
    return configuration
  }

  var optimizer: OptimizerSettings {
    let schedule: OptimizerSettings.Schedule =
      switch self.schedule {
      case .constant: .constant
      case .linear: .linear
      case .cosine: .cosine
      }
    return OptimizerSettings(
      learningRate: learningRate, warmupSteps: warmupSteps, totalSteps: steps,
      schedule: schedule, finalFraction: finalFraction, weightDecay: weightDecay,
      clipNorm: clipNorm)
  }
}
