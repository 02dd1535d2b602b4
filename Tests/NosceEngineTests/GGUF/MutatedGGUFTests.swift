import Foundation
import NosceEngine
import NosceFormats
import NosceTestSupport
import Testing

/// Damaged GGUF files are refused with words, or computed with; they never end the process.
@Suite("Damaged GGUF files", .serialized)
struct MutatedGGUFTests {
  enum Damage: String, CaseIterable, CustomTestStringConvertible {
    /// Bytes of the header, bytes anywhere, values of keys and fields of tensors, and files cut short.
    case header, anywhere, fields, length

    var cases: Int {
      switch self {
      case .header: 1500
      case .anywhere: 400
      case .fields: 1500
      case .length: 200
      }
    }
    var testDescription: String { "\(rawValue), \(cases) times" }
  }

  static let names = ["llama", "qwen2-q8_0", "phi3-longrope", "gpt_neox", "mistral-bf16"]

  struct Source {
    var bytes: [UInt8]
    var parts: GGUFParts
    var header: Int
  }

  static func sources() throws -> [Source] {
    try names.map { name in
      let files = try GGUFModelTests.files(name)
      guard case .gguf(let file) = files else { throw Missing(text: name) }
      return Source(
        bytes: try Surroundings.bytes(file.url), parts: try GGUFParts(files),
        header: file.tensors[0].range.lowerBound)
    }
  }

  @Test("are refused by name or computed with", arguments: Damage.allCases)
  func damaged(_ damage: Damage) throws {
    let sources = try Self.sources()
    var (computed, refused) = (0, 0)
    try withFolder { folder in
      let url = folder.appending(path: "model.gguf")
      for number in 0..<damage.cases {
        var mutator = Mutator(seed: UInt64(number) &+ 77_000)
        let source = mutator.pick(sources)
        try Data(Self.damaged(damage, source, &mutator)).write(to: url)
        do {
          let model = try LanguageModel(ModelFiles(at: url), precision: .float32)
          let size = model.configuration.vocabularySize
          let tokens = [0, Int32(size - 1)].prefix(model.configuration.longestSequence)
          let logits = try model.logits(Array(tokens))
          #expect(logits.allSatisfy { $0.count == size }, "seed \(number)")
          computed += 1
        } catch  where Surroundings.isOverflow(error) {
          computed += 1
        } catch {
          refused += 1
          #expect(Surroundings.isRefusal(error, in: folder), "seed \(number): \(error)")
        }
      }
    }
    // Both must happen, or the damage is not what it is meant to be.
    #expect(refused > damage.cases / 20, "\(refused) refused")
    #expect(computed > damage.cases / 100 || damage == .length, "\(computed) computed")
  }

  private static func damaged(
    _ damage: Damage, _ source: Source, _ mutator: inout Mutator
  ) -> [UInt8] {
    switch damage {
    case .header:
      return mutator.damagedBytes(Array(source.bytes[..<source.header]))
        + source.bytes[source.header...]
    case .anywhere: return mutator.damagedBytes(source.bytes)
    case .length:
      return mutator.chance(4)
        ? source.bytes + [UInt8](repeating: 0, count: 1 + mutator.below(100))
        : Array(source.bytes.prefix(mutator.below(source.bytes.count)))
    case .fields:
      var writer = source.parts.writer
      for _ in 0...mutator.below(2) {
        mutator.chance(2) ? damageKey(&writer, &mutator) : damageTensor(&writer, &mutator)
      }
      return writer.bytes
    }
  }

  private static func damageKey(_ writer: inout GGUFWriter, _ mutator: inout Mutator) {
    let place = mutator.below(writer.metadata.count)
    let values: [GGUFWriter.Value] = [
      .uint32(0), .uint32(1), .uint32(.max), .int32(-1), .uint64(.max), .float32(.nan),
      .float32(0), .float64(-.infinity), .float32(1e30), .bool(true), .string(""), .string("yarn"),
      .strings([]), .int32s([1, 2]), .floats([0.5]), .array([], of: 9), .uint32(3),
    ]
    switch mutator.below(4) {
    case 0: writer.metadata.remove(at: place)
    case 1: writer.metadata.swapAt(place, mutator.below(writer.metadata.count))
    default: writer.metadata[place].value = mutator.pick(values)
    }
  }

  private static func damageTensor(_ writer: inout GGUFWriter, _ mutator: inout Mutator) {
    guard !writer.tensors.isEmpty else { return }
    let place = mutator.below(writer.tensors.count)
    switch mutator.below(7) {
    case 0: writer.tensors.remove(at: place)
    case 1: writer.tensors[place].type = mutator.pick(GGUFTensorType.allCases)
    case 2: writer.tensors[place].shape.reverse()
    case 3: writer.tensors[place].shape.append(mutator.pick([1, 0, 2, -1, 1 << 40]))
    case 4: writer.tensors[place].offset = UInt64(mutator.below(1 << 20))
    case 5: writer.tensors[place].name = mutator.pick(writer.tensors).name
    default:
      writer.tensors[place].bytes = mutator.damagedBytes(writer.tensors[place].bytes)
    }
  }
}
