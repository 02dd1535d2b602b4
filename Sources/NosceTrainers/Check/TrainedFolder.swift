import Foundation
import NosceCore
import NosceEngine
import NosceLocal

/// The adapter that a program has left in a folder, held against the one that it was to train.
///
/// Only `adapter_config.json` and `adapter_model.safetensors` are ever opened. Nothing that could be
/// run when it is read (pickled files) is looked at.
struct TrainedFolder {
  let url: URL
  /// What it began from, by the job's own settings.
  let start: LoRAAdapter
  let checkpoint: LoadedCheckpoint
  let base: BaseFiles
  /// Whether any step had a learning rate: if none had, nothing can have changed.
  let isMoved: Bool

  private static let mostSettings = 1 << 20

  private var settingsFile: URL { url.appending(path: "adapter_config.json") }
  private var tensorFile: URL { url.appending(path: "adapter_model.safetensors") }

  /// - Throws: ``LabError`` naming the file, what was found and what is allowed.
  func adapter() throws -> LoRAAdapter {
    try GivenFile.checkFolder(url)
    try GivenFile.checkFile(settingsFile, atMost: Self.mostSettings)
    // Twice our own size, for wider types, and a header.
    try GivenFile.checkFile(tensorFile, atMost: 8 * start.values.count + 16 << 20)
    try checkSettings()
    var adapter: LoRAAdapter
    do {
      adapter = try LoRAAdapter(directory: url, model: checkpoint.model.configuration)
    } catch {
      throw LabError(.backend, "\(error)", cause: error)
    }
    guard adapter.layout == start.layout else {
      throw failure(
        settingsFile, "other ranks, factors or modules than the job's (\(difference(adapter)))",
        "those of job.json")
    }
    if isMoved { try checkMoved(adapter) }
    // Written as every adapter is here, whatever form its settings came in.
    adapter.configuration = start.configuration
    return adapter
  }

  private func checkSettings() throws {
    let settings: AdapterConfiguration
    do {
      settings = try AdapterConfiguration(contentsOf: settingsFile)
    } catch {
      throw LabError(.backend, "\(error)", cause: error)
    }
    let wanted = start.configuration
    guard settings.rank == wanted.rank else {
      throw failure(settingsFile, "r = \(settings.rank)", "\(wanted.rank)")
    }
    guard settings.alpha == wanted.alpha else {
      throw failure(settingsFile, "lora_alpha = \(settings.alpha)", "\(wanted.alpha)")
    }
    guard settings.rankStabilised == wanted.rankStabilised else {
      throw failure(
        settingsFile, "use_rslora = \(settings.rankStabilised)", "\(wanted.rankStabilised)")
    }
    let names = [base.url.path, checkpoint.name]
    if let named = settings.baseModel, !named.isEmpty, !names.contains(named) {
      throw failure(
        settingsFile, "base_model_name_or_path = \(named.prefix(200))",
        "\(names.joined(separator: ", ")), or none")
    }
  }

  private func difference(_ adapter: LoRAAdapter) -> String {
    let found = Set(adapter.layout.modules.map(\.path))
    let wanted = Set(start.layout.modules.map(\.path))
    if let more = found.subtracting(wanted).min() { return "an adapter for \(more)" }
    if let less = wanted.subtracting(found).min() { return "none for \(less)" }
    return "the same modules"
  }

  /// The factors B begin at zero, and an adapter whose B is zero changes nothing.
  private func checkMoved(_ adapter: LoRAAdapter) throws {
    let moves = adapter.layout.modules.contains { module in
      adapter.values[module.offsetB..<module.offsetB + module.rank * module.outputSize]
        .contains { $0 != 0 }
    }
    guard moves else {
      throw failure(
        tensorFile, "nothing but zeros in every lora_B", "factors that training has changed")
    }
  }

  private func failure(_ file: URL, _ found: String, _ allowed: String) -> LabError {
    LabError(.backend, "\(file.path): found \(found); allowed: \(allowed)")
  }
}
