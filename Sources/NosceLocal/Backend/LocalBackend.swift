import Foundation
import NosceCore
import NosceEngine
import NoscePorts
import NosceRows
import NosceTokenizer

/// A checkpoint folder on this machine as something that can be asked and fine-tuned.
package struct LocalBackend: Backend {
  package let name: String
  package let summary: String
  package let note: String?
  package let contentHash: String
  /// A large model's products are shared out among the threads; of a small one, each thread works
  /// on a subject of its own.
  package let parallelCells: Int
  /// How many threads work on one subject.
  let threads: Int
  /// What products are computed in.
  package var precision: Precision { model.precision }
  private let directory: URL
  let model: LanguageModel
  let text: CheckpointText
  private let chat: ChatTokenizer
  private let unadapted: LocalSubject

  /// Reads a Hugging Face checkpoint folder: configuration, weights, tokenizer and chat template.
  ///
  /// Without a `precision`, weights that are stored in 32 bits are computed with in 32 bits, others
  /// in bfloat16.
  package init(
    directory: URL, name: String, summary: String, note: String? = nil,
    precision: Precision? = nil, threads: Int = ProcessInfo.processInfo.activeProcessorCount
  ) throws {
    self.directory = directory
    self.name = name
    self.summary = summary
    let stored = try ModelConfiguration(contentsOf: directory).storedType
    model = try LanguageModel(
      directory: directory, precision: precision ?? (stored == .float32 ? .float32 : .bfloat16))
    parallelCells = model.sharesProducts ? 1 : max(1, threads)
    self.threads = model.sharesProducts ? max(1, threads) : 1
    text = try CheckpointText(directory: directory, model: model.configuration)
    chat = try text.requireChat()
    let notes = [note, chat.note, Self.oddities(chat.tokenizer, model.configuration)]
    let said = notes.compactMap(\.self)
    self.note = said.isEmpty ? nil : said.joined(separator: " ")
    unadapted = try LocalSubject(model, adapter: nil, chat: chat, threads: self.threads)
    contentHash = try LocalBackend.hash(of: directory)
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

  package func base() async throws -> any Subject { unadapted }

  package func restore(adapter: URL) async throws -> any Subject {
    try subject(LoRAAdapter(directory: adapter, model: model.configuration))
  }

  private func subject(_ adapter: LoRAAdapter) throws -> LocalSubject {
    try LocalSubject(model, adapter: adapter, chat: chat, threads: threads)
  }

  package func train(
    _ job: TrainingJob, progress: @escaping @Sendable (TrainingProgress) -> Void
  ) async throws -> TrainedSubject {
    let run = try adapterRun(job)
    var losses: [Double] = []
    var snapshots: [Int: any Subject] = [:]
    let adapter = try await run.train { step, adapter in
      losses.append(step.report.loss)
      progress(
        TrainingProgress(step: step.number, totalSteps: run.steps, loss: step.report.loss))
      if job.snapshotSteps.contains(step.number) {
        snapshots[step.number] = try subject(adapter())
      }
    }
    let change = try run.largestLogitChange(to: adapter)
    try AtomicFolder.write(job.adapterDirectory) { try adapter.save(to: $0, baseModel: name) }
    return TrainedSubject(
      subject: try subject(adapter), losses: losses,
      largestLogitChange: Double(change), snapshots: snapshots)
  }

  /// A job as the training loop takes it.
  private func adapterRun(_ job: TrainingJob) throws -> AdapterRun {
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
