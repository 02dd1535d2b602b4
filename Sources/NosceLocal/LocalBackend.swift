import Foundation
import NosceEngine
import NosceLab
import NosceStatistics
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
  let chat: ChatTokenizer
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
    chat = try ChatTokenizer(directory: directory)
    try CheckpointText.check(
      chat.tokenizer, model: model.configuration, directory: directory)
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
    let files = names.filter { name in kinds.contains { name.hasSuffix(".\($0)") } }.sorted()
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
    let examples = try job.rows.map(chat.example)
    guard !examples.isEmpty else {
      throw LabError(.backend, "\(job.name): no training rows; at least one is needed")
    }
    let trainer = try AdapterTrainer(
      model, configuration: job.settings.adapter(layerCount: model.configuration.layerCount),
      seed: job.seed, optimizer: job.settings.optimizer, shards: model.adapterShards,
      threads: threads)
    var batches = BatchPlan.Steps(job.settings.batches(of: examples.count, seed: job.seed))
    var losses: [Double] = []
    var snapshots: [Int: any Subject] = [:]
    for step in 1...max(1, job.settings.steps) {
      try Task.checkCancellation()
      let report = try trainer.step(batches.next().joined().map { examples[$0] })
      guard report.loss.isFinite else {
        throw LabError(
          .backend,
          "\(job.name): the loss is \(report.loss) at step \(step); a lower learning rate may help")
      }
      losses.append(report.loss)
      progress(TrainingProgress(step: step, totalSteps: job.settings.steps, loss: report.loss))
      if job.snapshotSteps.contains(step) {
        snapshots[step] = try subject(trainer.adapter)
      }
    }
    let adapter = trainer.adapter
    try save(adapter, to: job.adapterDirectory)
    let change = try model.maximumLogitChange(adapter, on: examples.prefix(2).map(\.tokens))
    return TrainedSubject(
      subject: try subject(adapter), losses: losses,
      largestLogitChange: Double(change), snapshots: snapshots)
  }

  /// Written beside its place and moved there whole, so that no half-written adapter is ever read.
  private func save(_ adapter: LoRAAdapter, to target: URL) throws {
    let files = FileManager.default
    let parent = target.deletingLastPathComponent()
    try files.createDirectory(at: parent, withIntermediateDirectories: true)
    let draft = parent.appendingPathComponent(".\(target.lastPathComponent).draft")
    if files.fileExists(atPath: draft.path) { try files.removeItem(at: draft) }
    try adapter.save(to: draft, baseModel: name)
    if files.fileExists(atPath: target.path) { try files.removeItem(at: target) }
    try files.moveItem(at: draft, to: target)
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
