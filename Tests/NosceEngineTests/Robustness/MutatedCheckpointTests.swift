import Foundation
import NosceEngine
import NosceFormats
import NosceTestSupport
import Testing

/// Damaged checkpoints are refused with words, or computed with; they never end the process.
@Suite("Damaged checkpoints", .serialized)
struct MutatedCheckpointTests {
  /// The smallest of each family, and each kind of rotary angles.
  static let names = [
    "llama-tied-head-only", "llama-f16", "llama-yarn", "llama-llama3", "llama-dynamic",
    "llama-longrope", "gemma2-no-caps", "gemma3-legacy-type-unread", "gpt2-inner-inverse",
    "gpt_neox-base-names", "gpt_neox-half-tied", "mistral-window-3", "olmo2-gqa-tied",
    "phi3-longrope-partial", "qwen2-window-off", "qwen3-window", "smollm3-layer-types",
  ]

  struct Source {
    let name: String
    let settings: [UInt8]
    let weights: [UInt8]
  }

  static func sources() throws -> [Source] {
    try names.map { name in
      let folder = try Golden.fixtures.appendingPathComponent("families/models/\(name)")
      return Source(
        name: name, settings: try Surroundings.bytes(folder.appendingPathComponent("config.json")),
        weights: try Surroundings.bytes(folder.appendingPathComponent("model.safetensors")))
    }
  }

  enum Damage: String, CaseIterable, CustomTestStringConvertible {
    case settings, tensors, both, resized, swapped, shards

    var cases: Int {
      switch self {
      case .settings: 1400
      case .tensors: 900
      case .both: 200
      case .resized: 500
      case .swapped: 200
      case .shards: 400
      }
    }
    var testDescription: String { "\(rawValue), \(cases) times" }
  }

  /// What became of the cases of one kind.
  struct Tally {
    var computed = 0
    var refused = 0
    var largestRise = 0
    var largestSeed: UInt64 = 0
  }

  @Test("are refused by name or computed with", arguments: Damage.allCases)
  func damaged(_ damage: Damage) throws {
    let sources = try Self.sources()
    var tally = Tally()
    Surroundings.resetPeakMemory()
    let start = Surroundings.peakMemory
    var peak = start ?? 0
    for number in 0..<damage.cases {
      let seed = UInt64(number) &+ 1_000_000 * UInt64(Damage.allCases.firstIndex(of: damage) ?? 0)
      var mutator = Mutator(seed: seed)
      try withFolder("checkpoint-seed-\(seed)") { folder in
        try Self.write(damage, sources, folder, &mutator)
        try Self.tryOut(folder, seed, &tally)
      }
      let now = Surroundings.peakMemory ?? 0
      if now - peak > tally.largestRise {
        (tally.largestRise, tally.largestSeed) = (now - peak, seed)
      }
      peak = max(peak, now)
    }
    // The files have at most 300 kB. What else the process takes meanwhile, other tests' memory
    // included, is far below this; sizes that only the settings name are far above.
    if let start {
      #expect(
        peak - start < 400_000_000,
        "seed \(tally.largestSeed) raised the peak by \(tally.largestRise) bytes")
    }
    // Both must happen, or the damage is not what it is meant to be.
    #expect(tally.refused > damage.cases / 20, "\(tally)")
    #expect(tally.computed > damage.cases / 50, "\(tally)")
  }

  private static func write(
    _ damage: Damage, _ sources: [Source], _ folder: URL, _ mutator: inout Mutator
  ) throws {
    let source = mutator.pick(sources)
    var (settings, weights) = (source.settings, source.weights)
    switch damage {
    case .settings: settings = mutator.damagedJSON(settings, keys: Mutator.settings)
    case .tensors: weights = try mutator.damagedTensors(weights)
    case .both:
      settings = mutator.damagedJSON(settings, keys: Mutator.settings)
      weights = try mutator.damagedTensors(weights)
    case .resized:
      (settings, weights) = try mutator.resized(settings, weights, keys: Mutator.settings)
    case .swapped:
      let other = mutator.pick(sources)
      weights = other.weights
      if mutator.chance(2), case .object(var object) = try JSON(parsing: settings),
        case .object(let more) = try JSON(parsing: other.settings)
      {
        let own = Set(object.keys)
        object.members += more.members.filter { !own.contains($0.key) }
        if mutator.chance(2) { weights = source.weights }
        settings = Array(JSON.object(object).text().utf8)
      }
    case .shards: return try writeShards(source, folder, &mutator)
    }
    try Surroundings.write(settings, folder, "config.json")
    try Surroundings.write(weights, folder, "model.safetensors")
  }

  /// The weights in two files and an index, of which something is damaged, missing or repeated.
  private static func writeShards(
    _ source: Source, _ folder: URL, _ mutator: inout Mutator
  ) throws {
    try Surroundings.write(source.settings, folder, "config.json")
    let stored = try StoredTensors(source.weights)
    var parts = [stored, stored]
    let half = mutator.below(stored.tensors.count)
    parts[0].tensors.removeLast(stored.tensors.count - half)
    parts[1].tensors.removeFirst(half)
    if mutator.chance(6) { parts[1].tensors = Array(stored.tensors.dropFirst(half / 2)) }
    var map: [(key: String, value: JSON)] = []
    for (number, part) in parts.enumerated() {
      map += part.tensors.map { ($0.name, .string("part-\(number).safetensors")) }
      var file = part.file
      if mutator.chance(8) { file = try mutator.damagedTensors(file) }
      if !mutator.chance(8) {
        try Surroundings.write(file, folder, "part-\(number).safetensors")
      }
    }
    let index = JSON.object([
      ("metadata", .object([("total_size", .integer(stored.data.count))])),
      ("weight_map", .object(map)),
    ])
    var text = Array(index.text().utf8)
    if mutator.chance(2) {
      text = mutator.damagedJSON(text, keys: ["weight_map", "metadata", "part-0.safetensors"])
    }
    try Surroundings.write(text, folder, "model.safetensors.index.json")
  }

  private static func tryOut(_ folder: URL, _ seed: UInt64, _ tally: inout Tally) throws {
    do {
      let model = try LanguageModel(directory: folder, precision: .float32)
      let vocabulary = model.configuration.vocabularySize
      let tokens = [0, vocabulary - 1, vocabulary / 2, 0, 1 % vocabulary]
        .prefix(model.configuration.longestSequence).map { Int32($0) }
      let logits = try model.logits(Array(tokens))
      #expect(logits.count == tokens.count, "seed \(seed)")
      #expect(logits.allSatisfy { $0.count == vocabulary }, "seed \(seed)")
      tally.computed += 1
    } catch  where Surroundings.isOverflow(error) {
      tally.computed += 1
    } catch {
      tally.refused += 1
      #expect(Surroundings.isRefusal(error, in: folder), "seed \(seed): \(error)")
    }
  }
}
