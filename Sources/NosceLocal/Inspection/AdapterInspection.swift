import Foundation
import NosceEngine
import NoscePorts

/// What an adapter folder holds, and whether it fits a model and changes it.
package struct AdapterInspection: Sendable {
  package let directory: URL
  package let configuration: AdapterConfiguration
  /// By the last part of the modules' names: `q_proj`.
  package let modules: [(name: String, count: Int, rank: Int)]
  package let layers: [Int]
  package let parameters: Int
  /// Modules whose B is zero throughout, so that they change nothing.
  package let silentModules: Int
  /// Modules with a factor that is no finite number.
  package let brokenModules: Int
  /// Keys of `adapter_config.json` that are not read, and files beside the adapter's own: a tokenizer
  /// or a template, since the model's are used, weights in other forms, states of its training.
  package let unused: UnusedParts
  /// The chat template that was given for the model in its training.
  package let template: GivenTemplate?

  /// How an adapter goes with a model.
  package enum Fit: Sendable {
    /// The largest change of any logit, over a few tokens.
    case fits(largestLogitChange: Float)
    case refused(String)

    package var isLive: Bool {
      if case .fits(let change) = self { change > 0 && change.isFinite } else { false }
    }
  }

  package init(directory: URL) throws {
    self.directory = directory
    let checkpoint = try AdapterCheckpoint(directory: directory)
    configuration = checkpoint.configuration
    template = try TrainingNote.read(in: directory)?.template
    let keys = try AdapterConfiguration.unreadKeys(of: directory)
    unused = UnusedParts(
      files: UnusedFiles.besides(adapter: directory),
      keys: keys.isEmpty ? [] : [.init(file: "adapter_config.json", keys: keys)])
    var counts: [String: (count: Int, rank: Int)] = [:]
    var layers: Set<Int> = []
    for (path, factors) in checkpoint.modules {
      let parts = path.split(separator: ".").map(String.init)
      let name = parts.last ?? path
      let before = counts[name] ?? (0, 0)
      counts[name] = (before.count + 1, max(before.rank, factors.rank))
      if let layer = parts.compactMap({ Int($0) }).first { layers.insert(layer) }
    }
    modules = counts.map { ($0.key, $0.value.count, $0.value.rank) }.sorted { $0.name < $1.name }
    self.layers = layers.sorted()
    let all = checkpoint.modules.values
    parameters = all.reduce(0) { $0 + $1.a.count + $1.b.count }
    silentModules = all.count { factors in factors.b.allSatisfy { $0 == 0 } }
    brokenModules = all.count { factors in
      !(factors.a + factors.b).allSatisfy(\.isFinite)
    }
  }

  /// Tries the adapter on a model. The tokens are spread over the vocabulary, and no tokenizer is
  /// needed.
  package func fit(_ model: LanguageModel) throws -> Fit {
    let adapter: LoRAAdapter
    do {
      adapter = try LoRAAdapter(directory: directory, model: model.configuration)
    } catch {
      return .refused("\(error)")
    }
    let size = model.configuration.vocabularySize
    let count = min(16, size, model.configuration.maximumPositions)
    let tokens = (0..<count).map { Int32($0 * size / count) }
    do {
      return .fits(
        largestLogitChange: try model.largestLogitChange(from: nil, to: adapter, on: [tokens]))
    } catch let error as EngineError {
      return .refused("\(error)")
    }
  }
}
