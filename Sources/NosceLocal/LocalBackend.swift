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
  package let parallelCells: Int
  /// What products are computed in.
  package var precision: Precision { model.precision }
  private let directory: URL
  private let model: LanguageModel
  private let chat: ChatTokenizer
  private let unadapted: LocalSubject

  /// Reads a Hugging Face checkpoint folder: configuration, weights, tokenizer and chat template.
  package init(
    directory: URL, name: String, summary: String, note: String? = nil, precision: Precision,
    parallelCells: Int = ProcessInfo.processInfo.activeProcessorCount
  ) throws {
    self.directory = directory
    self.name = name
    self.summary = summary
    self.note = note
    self.parallelCells = max(1, parallelCells)
    model = try LanguageModel(directory: directory, precision: precision)
    chat = try ChatTokenizer(directory: directory)
    guard chat.tokenizer.embeddingRows <= model.configuration.vocabularySize else {
      throw LabError(
        .backend,
        "\(directory.appendingPathComponent("tokenizer.json").path): found token ids up to "
          + "\(chat.tokenizer.embeddingRows - 1); allowed: below "
          + "\(model.configuration.vocabularySize), the rows of the model's embedding. "
          + "Is it the tokenizer of another model?")
    }
    // Real tables are padded by a few rows; one twice as large belongs to another tokenizer.
    guard chat.tokenizer.embeddingRows * 2 >= model.configuration.vocabularySize else {
      throw LabError(
        .backend,
        "\(directory.appendingPathComponent("tokenizer.json").path): found "
          + "\(chat.tokenizer.embeddingRows) token ids for \(model.configuration.vocabularySize) "
          + "rows of the model's embedding; allowed: at least half of them. "
          + "Is it the tokenizer of another model?")
    }
    unadapted = try LocalSubject(model, adapter: nil, chat: chat)
    contentHash = try LocalBackend.hash(of: directory)
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
    try LocalSubject(
      model, adapter: LoRAAdapter(directory: adapter, model: model.configuration), chat: chat)
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
      seed: job.seed, optimizer: job.settings.optimizer)
    var order = RowOrder(
      count: examples.count, batch: job.settings.batchRows,
      generator: SeededGenerator(seed: job.seed, stream: "row order"))
    var losses: [Double] = []
    var snapshots: [Int: any Subject] = [:]
    for step in 1...max(1, job.settings.steps) {
      try Task.checkCancellation()
      let report = try trainer.step(order.next().map { examples[$0] })
      guard report.loss.isFinite else {
        throw LabError(
          .backend,
          "\(job.name): the loss is \(report.loss) at step \(step); a lower learning rate may help")
      }
      losses.append(report.loss)
      progress(TrainingProgress(step: step, totalSteps: job.settings.steps, loss: report.loss))
      if job.snapshotSteps.contains(step) {
        snapshots[step] = try LocalSubject(model, adapter: trainer.adapter, chat: chat)
      }
    }
    let adapter = trainer.adapter
    try save(adapter, to: job.adapterDirectory)
    let change = try model.maximumLogitChange(adapter, on: examples.prefix(2).map(\.tokens))
    return TrainedSubject(
      subject: try LocalSubject(model, adapter: adapter, chat: chat), losses: losses,
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

/// Which rows each step reads: all of them, or a new random order every time round.
struct RowOrder {
  private let count: Int
  private let batch: Int
  private var generator: SeededGenerator
  private var waiting: [Int] = []

  init(count: Int, batch: Int?, generator: SeededGenerator) {
    self.count = count
    self.batch = min(batch ?? count, count)
    self.generator = generator
  }

  mutating func next() -> [Int] {
    if batch == count { return Array(0..<count) }
    var rows: [Int] = []
    while rows.count < batch {
      if waiting.isEmpty { waiting = Array(0..<count).shuffled(using: &generator) }
      rows.append(waiting.removeLast())
    }
    return rows
  }
}

extension TrainingSettings {
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
