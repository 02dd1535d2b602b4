import Foundation
import NosceOrganism
import NosceTestSupport
import Testing

/// Ways in which a checkpoint folder can be bad.
enum Damage: String, CaseIterable, CustomTestStringConvertible {
  case truncatedWeights = "weights that were cut short"
  case garbageWeights = "weights that are no safetensors file"
  case endlessHeader = "a header longer than the file"
  case wildOffsets = "a header with wild offsets"
  case hugeShape = "a header with a shape that overflows"
  case missingWeights = "no weights"
  case otherShapes = "weights of another configuration"
  case tooManyTokens = "the tokenizer of a larger model"
  case otherTokenizer = "a tokenizer of another kind"
  case brokenTokenizer = "a tokenizer that was cut short"
  case missingTokenizer = "no tokenizer"
  case missingTemplate = "no chat template"
  case brokenTemplate = "a chat template that is none"
  case missingConfiguration = "no configuration"

  var testDescription: String { rawValue }

  /// The file, or where it is missing the folder, that the message must name.
  var place: String {
    switch self {
    case .truncatedWeights, .garbageWeights, .endlessHeader, .wildOffsets, .hugeShape:
      "/model.safetensors"
    case .otherShapes: "/model.safetensors"
    case .tooManyTokens, .otherTokenizer, .brokenTokenizer, .missingTokenizer: "/tokenizer.json"
    case .missingConfiguration: "/config.json"
    case .brokenTemplate: "/tokenizer_config.json"
    case .missingWeights, .missingTemplate: ""
    }
  }

  /// A copy of the organism, whole.
  static func copyOfOrganism(in folder: URL) throws -> URL {
    let copy = folder.appending(path: "model")
    try FileManager.default.copyItem(at: try Organism.coherent.directory(), to: copy)
    return copy
  }

  func apply(to folder: URL) throws {
    let weights = folder.appending(path: "model.safetensors")
    let tokenizer = folder.appending(path: "tokenizer.json")
    let settings = folder.appending(path: "tokenizer_config.json")
    switch self {
    case .truncatedWeights:
      try Data(try Data(contentsOf: weights).prefix(1_000_000)).write(to: weights)
    case .garbageWeights:
      var random = TestGenerator(seed: 1)
      try Data((0..<20_000).map { _ in UInt8.random(in: 0...255, using: &random) })
        .write(to: weights)
    case .endlessHeader:
      let data = try Data(contentsOf: weights)
      try (Self.bytes(of: UInt64(Int64.max)) + data.dropFirst(8)).write(to: weights)
    case .wildOffsets:
      try Self.editHeader(of: weights) { $0["data_offsets"] = [-8, Int64.max] }
    case .hugeShape:
      try Self.editHeader(of: weights) { $0["shape"] = [Int64.max, 4] }
    case .missingWeights: try FileManager.default.removeItem(at: weights)
    case .otherShapes:
      try Self.edit(folder.appending(path: "config.json")) { $0["intermediate_size"] = 64 }
    case .tooManyTokens:
      try Self.edit(tokenizer) { object in
        var model = try #require(object["model"] as? [String: Any])
        var tokens = try #require(model["vocab"] as? [String: Any])
        for number in 0..<100 { tokens["more\(number)"] = 100_000 + number }
        model["vocab"] = tokens
        object["model"] = model
      }
    case .otherTokenizer:
      try Self.edit(tokenizer) { $0["model"] = ["type": "WordPiece", "vocab": ["a": 0]] }
    case .brokenTokenizer:
      try Data(try Data(contentsOf: tokenizer).prefix(10_000)).write(to: tokenizer)
    case .missingTokenizer: try FileManager.default.removeItem(at: tokenizer)
    case .missingTemplate:
      try? FileManager.default.removeItem(at: folder.appending(path: "chat_template.jinja"))
      try Self.edit(settings) { $0["chat_template"] = nil }
    case .brokenTemplate:
      try? FileManager.default.removeItem(at: folder.appending(path: "chat_template.jinja"))
      try Self.edit(settings) { $0["chat_template"] = "{% for message in %}" }
    case .missingConfiguration:
      try FileManager.default.removeItem(at: folder.appending(path: "config.json"))
    }
  }

  private static func bytes(of number: UInt64) -> Data {
    withUnsafeBytes(of: number.littleEndian) { Data($0) }
  }

  private static func edit(_ url: URL, _ change: (inout [String: Any]) throws -> Void) throws {
    var object = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
    try change(&object)
    try JSONSerialization.data(withJSONObject: object).write(to: url)
  }

  /// Changes what the header says of one tensor.
  private static func editHeader(
    of url: URL, _ change: (inout [String: Any]) -> Void
  ) throws {
    let data = try Data(contentsOf: url)
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    var header = try #require(
      JSONSerialization.jsonObject(with: data.dropFirst(8).prefix(length)) as? [String: Any])
    let name = try #require(header.keys.filter { $0 != "__metadata__" }.min())
    var tensor = try #require(header[name] as? [String: Any])
    change(&tensor)
    header[name] = tensor
    let text = try JSONSerialization.data(withJSONObject: header)
    try (bytes(of: UInt64(text.count)) + text + data.dropFirst(8 + length)).write(to: url)
  }
}
