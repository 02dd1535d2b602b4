import Foundation
import NosceCore
import NosceEngine
import NosceRows

/// One pretraining in a folder: the checkpoint at the end, the loss curve as it goes, and a state
/// from which a training that was killed goes on to the same bytes.
package actor PretrainingJob {
  /// One measurement of the loss curve.
  package struct Progress: Sendable, Codable {
    package let step: Int
    package let loss: Double
    package let gradientNorm: Double
    package let learningRate: Double
    package let targetTokens: Int
  }

  /// Steps between two saved states: a few seconds of work.
  private static let stepsPerState = 200

  private let text: PretrainingText
  private let trainer: FullTrainer
  private let folder: URL
  private var curve: [Progress] = []
  /// Whether the folder has the finished checkpoint.
  package let isFinished: Bool
  /// The step that a training begun now would go on from.
  package private(set) var savedStep = 0

  package init(
    _ recipe: PretrainingRecipe, kind: World.Kind, materials: Materials, folder: URL,
    threads: Int
  ) throws {
    text = try PretrainingText(recipe, kind: kind, materials: materials)
    self.folder = folder
    trainer = FullTrainer(
      ModelParameters(
        configuration: try recipe.shape(vocabularySize: text.encoder.vocabularySize)
          .configuration(),
        seed: recipe.seed),
      precision: recipe.precision, optimizer: recipe.optimizer, shards: PretrainingRecipe.shards,
      threads: threads)
    try Storage.makeFolder(folder)
    try Self.removeDrafts(in: folder)
    isFinished = FileManager.default.fileExists(
      atPath: folder.appending(path: "model.safetensors").path)
    let identity = Data("\(recipe) \(kind.rawValue) \(materials.worldHash)\n".utf8)
    let mark = folder.appending(path: "recipe.txt")
    if FileManager.default.fileExists(atPath: mark.path) {
      guard try Storage.read(mark) == identity else {
        throw LabError(
          .version,
          "\(mark.path): found another recipe; allowed: a folder of this recipe, or a new one")
      }
      let state = folder.appending(path: "state.safetensors")
      if FileManager.default.fileExists(atPath: state.path) {
        try trainer.restoreState(from: state)
        savedStep = trainer.step
        curve = try Self.readCurve(folder.appending(path: "loss.jsonl"), steps: savedStep)
      }
    } else {
      try Storage.write(identity, to: mark)
    }
  }

  /// A training that was killed while it saved leaves a draft of the file.
  private static func removeDrafts(in folder: URL) throws {
    let files = FileManager.default
    for name in try files.contentsOfDirectory(atPath: folder.path)
    where name.hasPrefix(".") && name.hasSuffix(".partial") {
      try files.removeItem(at: folder.appending(path: name))
    }
  }

  private static func readCurve(_ url: URL, steps: Int) throws -> [Progress] {
    let lines = try Storage.read(url).split(separator: 10).prefix(steps)
    guard lines.count == steps,
      let curve = try? lines.map({ try JSONDecoder().decode(Progress.self, from: Data($0)) })
    else {
      throw LabError(
        .version,
        "\(url.path): found no loss curve of \(steps) steps; allowed: the one that was saved with "
          + "state.safetensors. Start again in a new folder")
    }
    return curve
  }

  /// Trains through the given step, reporting each. At the recipe's end the checkpoint is written.
  package func run(
    through last: Int, report: @Sendable (Progress) async -> Void
  ) async throws {
    if isFinished { return }
    while trainer.step < last {
      if Task.isCancelled {
        try save()
        throw CancellationError()
      }
      let step = try trainer.step(text.examples(step: trainer.step))
      let progress = Progress(
        step: step.step + 1, loss: step.loss, gradientNorm: step.gradientNorm,
        learningRate: step.learningRate, targetTokens: step.targetTokens)
      curve.append(progress)
      await report(progress)
      if trainer.step % Self.stepsPerState == 0 || trainer.step == last { try save() }
    }
    if trainer.step == text.recipe.steps {
      try OrganismFolder(text).write(trainer.parameters, to: folder)
      try FileManager.default.removeItem(at: folder.appending(path: "state.safetensors"))
    }
  }

  /// The curve first: a state without its curve could not be gone on from.
  private func save() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    var lines = Data()
    for point in curve {
      lines.append(try encoder.encode(point))
      lines.append(10)
    }
    try Storage.write(lines, to: folder.appending(path: "loss.jsonl"))
    try trainer.saveState(to: folder.appending(path: "state.safetensors"))
    savedStep = trainer.step
  }
}
