import Foundation
import NosceEngine
import NosceFormats
import NosceTestSupport
import Testing

/// Damaged adapters are refused with words, or computed with; they never end the process.
@Suite("Damaged adapters", .serialized)
struct MutatedAdapterTests {
  static let names = [
    "gpt2-fullpath", "gpt_neox-default-targets", "llama-layers", "llama-one-layer",
    "llama-patterns", "phi3-fused", "qwen2-rslora", "smollm3-exclude",
    "smollm3-exclude-expression", "smollm3-expression",
  ]

  struct Source {
    let settings: [UInt8]
    let weights: [UInt8]
    let model: LanguageModel
  }

  static func sources() throws -> [Source] {
    try names.map { name in
      let folder = try Golden.fixtures.appendingPathComponent("families/lora/\(name)")
      return Source(
        settings: try Surroundings.bytes(folder.appendingPathComponent("adapter_config.json")),
        weights: try Surroundings.bytes(folder.appendingPathComponent("adapter_model.safetensors")),
        model: try Golden("families/lora/\(name)").base())
    }
  }

  enum Damage: String, CaseIterable, CustomTestStringConvertible {
    case settings, tensors, both, resized, swapped

    var cases: Int {
      switch self {
      case .settings: 1100
      case .tensors: 800
      case .both: 200
      case .resized: 250
      case .swapped: 200
      }
    }
    var testDescription: String { "\(rawValue), \(cases) times" }
  }

  @Test("are refused by name or computed with", arguments: Damage.allCases)
  func damaged(_ damage: Damage) throws {
    let sources = try Self.sources()
    var (computed, refused) = (0, 0)
    Surroundings.resetPeakMemory()
    let start = Surroundings.peakMemory
    var peak = start ?? 0
    var largest = (rise: 0, seed: UInt64(0))
    for number in 0..<damage.cases {
      let seed = UInt64(number) &+ 1_000_000 * UInt64(Damage.allCases.firstIndex(of: damage) ?? 0)
      var mutator = Mutator(seed: seed)
      try withFolder("adapter-seed-\(seed)") { folder in
        let model = try Self.write(damage, sources, folder, &mutator)
        do {
          let adapter = try LoRAAdapter(directory: folder, model: model.configuration)
          let logits = try model.logits([1, 2, 3], adapter: adapter)
          let isWhole = logits.allSatisfy { $0.count == model.configuration.vocabularySize }
          #expect(logits.count == 3 && isWhole, "seed \(seed)")
          computed += 1
        } catch  where Surroundings.isOverflow(error) {
          computed += 1
        } catch {
          refused += 1
          #expect(Surroundings.isRefusal(error, in: folder), "seed \(seed): \(error)")
        }
      }
      let now = Surroundings.peakMemory ?? 0
      if now - peak > largest.rise { largest = (now - peak, seed) }
      peak = max(peak, now)
    }
    // As for checkpoints: ranks that only the settings name would take far more.
    if let start {
      #expect(
        peak - start < 400_000_000, "seed \(largest.seed) raised the peak by \(largest.rise) bytes")
    }
    #expect(refused > damage.cases / 20, "\(computed) computed, \(refused) refused")
    #expect(computed > damage.cases / 50, "\(computed) computed, \(refused) refused")
  }

  private static func write(
    _ damage: Damage, _ sources: [Source], _ folder: URL, _ mutator: inout Mutator
  ) throws -> LanguageModel {
    let source = mutator.pick(sources)
    var (settings, weights, model) = (source.settings, source.weights, source.model)
    switch damage {
    case .settings: settings = mutator.damagedJSON(settings, keys: Mutator.adapterSettings)
    case .tensors: weights = try mutator.damagedTensors(weights)
    case .both:
      settings = mutator.damagedJSON(settings, keys: Mutator.adapterSettings)
      weights = try mutator.damagedTensors(weights)
    case .resized: (settings, weights) = try mutator.resized(settings, weights, keys: ["r"])
    case .swapped:
      let other = mutator.pick(sources)
      switch mutator.below(3) {
      case 0: settings = other.settings
      case 1: weights = other.weights
      default: model = other.model
      }
    }
    try Surroundings.write(settings, folder, "adapter_config.json")
    try Surroundings.write(weights, folder, "adapter_model.safetensors")
    return model
  }
}
