import Foundation
import NosceEngine
import NosceTestSupport

/// Reads the golden files in Fixtures.
struct Golden {
  let directory: URL
  let root: [String: Any]

  static var fixtures: URL {
    get throws {
      guard let url = Bundle.module.url(forResource: "Fixtures", withExtension: nil) else {
        throw EngineError("the test bundle lacks its Fixtures")
      }
      return url
    }
  }

  /// The paths of the golden folders inside some folder, in the package and in the larger fixtures.
  static func paths(in folder: String) -> [String] {
    var found: Set<String> = []
    for root in [try? fixtures, SharedFixtures.folder].compactMap({ $0 }) {
      let names = try? FileManager.default.contentsOfDirectory(
        atPath: root.appendingPathComponent(folder).path)
      for name in names ?? [] {
        let path = folder + "/" + name
        let golden = root.appendingPathComponent(path + "/golden.json").path
        if FileManager.default.fileExists(atPath: golden) { found.insert(path) }
      }
    }
    return found.sorted()
  }

  /// Checkpoints that the engine refuses by name: `FamilyRefusalTests` says why.
  static let refused = ["gpt2-unscaled-relu-untied", "gpt2-old-names", "gemma3-multimodal"]

  static let models = (paths(in: "models") + paths(in: "families/models"))
    .filter { path in !refused.contains { path.hasSuffix("/" + $0) } }
  /// But for those on the output head, which are refused.
  static let adapters = (paths(in: "lora") + paths(in: "families/lora"))
    .filter { !$0.contains("llama-head") }

  init(_ path: String) throws {
    let own = try Golden.fixtures.appendingPathComponent(path)
    if let shared = SharedFixtures.folder, !FileManager.default.fileExists(atPath: own.path) {
      directory = shared.appendingPathComponent(path)
    } else {
      directory = own
    }
    let data = try Data(contentsOf: directory.appendingPathComponent("golden.json"))
    guard let root = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      throw EngineError("\(path)/golden.json is not an object")
    }
    self.root = root
  }

  var tolerance: Float { (root["suggested_atol"] as? NSNumber)?.floatValue ?? 2e-4 }

  func model(_ precision: Precision = .float32) throws -> LanguageModel {
    try LanguageModel(directory: directory, precision: precision)
  }

  func parameters() throws -> ModelParameters { try ModelParameters(directory: directory) }

  /// The model that an adapter's settings name.
  func base(_ precision: Precision = .float32) throws -> LanguageModel {
    try LanguageModel(directory: try baseDirectory(), precision: precision)
  }

  func baseDirectory() throws -> URL {
    let settings = try AdapterConfiguration(contentsOf: directory)
    guard let path = settings.baseModel else { throw EngineError("\(directory.path): no base") }
    return directory.appendingPathComponent(path).standardizedFileURL
  }

  func objects(_ key: String) -> [[String: Any]] { root[key] as? [[String: Any]] ?? [] }
}

func integers(_ value: Any?) -> [Int32] {
  (value as? [NSNumber])?.map(\.int32Value) ?? []
}

func floats(_ value: Any?) -> [Float] {
  (value as? [NSNumber])?.map(\.floatValue) ?? []
}

func double(_ value: Any?) -> Double { (value as? NSNumber)?.doubleValue ?? .nan }

/// The largest distance of two equally long lists; infinite when they are not, or one is not a
/// number.
func distance(_ one: [Float], _ other: [Float]) -> Float {
  guard one.count == other.count, !one.isEmpty else { return .infinity }
  return zip(one, other).reduce(0) {
    let distance = abs($1.0 - $1.1)
    return distance.isNaN ? .infinity : max($0, distance)
  }
}

func norm(_ values: [Float]) -> Double {
  values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
}

/// The golden files' training steps, by micro-batch.
func trainingSteps(_ value: Any?) -> [[[TrainingExample]]] {
  (value as? [[String: Any]] ?? []).map { step in
    (step["micro_batches"] as? [[[String: Any]]] ?? []).map { batch in
      batch.map { row in
        let labels = integers(row["labels"])
        return TrainingExample(
          tokens: integers(row["input_ids"]), isTarget: labels.map { $0 != -100 })
      }
    }
  }
}
