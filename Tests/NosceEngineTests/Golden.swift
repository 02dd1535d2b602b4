import Foundation
import NosceEngine

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

  init(_ path: String) throws {
    directory = try Golden.fixtures.appendingPathComponent(path)
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

  func objects(_ key: String) -> [[String: Any]] { root[key] as? [[String: Any]] ?? [] }
}

func integers(_ value: Any?) -> [Int32] {
  (value as? [NSNumber])?.map(\.int32Value) ?? []
}

func floats(_ value: Any?) -> [Float] {
  (value as? [NSNumber])?.map(\.floatValue) ?? []
}

func double(_ value: Any?) -> Double { (value as? NSNumber)?.doubleValue ?? .nan }

/// The largest distance of two equally long lists; infinite when they are not.
func distance(_ one: [Float], _ other: [Float]) -> Float {
  guard one.count == other.count, !one.isEmpty else { return .infinity }
  return zip(one, other).map { abs($0 - $1) }.max() ?? .infinity
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
