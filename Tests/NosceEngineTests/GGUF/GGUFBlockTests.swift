import Foundation
import NosceEngine
import NosceFormats
import NosceTestSupport
import Testing

/// Blocks of random bytes widened as gguf-py widens them, bit for bit.
@Suite("Blocks of GGUF files")
struct GGUFBlockTests {
  /// The file of golden blocks, and those that it holds.
  static let golden = try? SafetensorsFile(
    contentsOf: Golden.fixtures.appendingPathComponent("gguf/blocks.safetensors"))
  static let quantised = GGUFBlocks.readable.filter { $0.block.numbers > 1 }

  private static func blocks(_ type: GGUFTensorType) throws -> [UInt8] {
    try #require(golden).withBytes(of: type.name + ".blocks") { Array($0) }
  }

  /// A file with one tensor, at an address that is a multiple of the alignment and no more.
  private static func widened(
    _ type: GGUFTensorType, _ bytes: [UInt8], alignment: Int = 32
  ) throws -> [Float] {
    try withFolder { folder in
      var writer = GGUFWriter()
      writer.setAlignment(alignment)
      writer.set("pad", .string("x"))
      let count = bytes.count / type.block.bytes
      writer.add("blocks", type, shape: [count, type.block.numbers], bytes: bytes)
      let url = folder.appending(path: "blocks.gguf")
      try writer.write(to: url)
      let file = try GGUFFile(contentsOf: url)
      return try GGUFBlocks.floats(of: #require(file.tensor("blocks")), in: file)
    }
  }

  @Test("equal to gguf-py's", arguments: quantised)
  func golden(_ type: GGUFTensorType) throws {
    let expected = try #require(Self.golden).floats(type.name + ".floats")
    for alignment in [32, 1] {
      let found = try Self.widened(type, Self.blocks(type), alignment: alignment)
      #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
    }
  }

  @Test("plain numbers are what they are at any address", arguments: [1, 2, 32])
  func plain(_ alignment: Int) throws {
    let numbers: [Float] = [1.5, -0.0, 3.140625, -2e-3, 65504, 6e-8]
    #expect(
      try Self.widened(.f32, GGUFWriter.bytes(of: numbers), alignment: alignment).map(\.bitPattern)
        == numbers.map(\.bitPattern))
    let halves = [0x3E00, 0x8000, 0x4248, 0x0001, 0x7BFF].flatMap {
      [UInt8($0 & 255), UInt8($0 >> 8)]
    }
    #expect(
      try Self.widened(.f16, halves, alignment: alignment) == [1.5, -0.0, 3.140625, 0x1p-24, 65504])
    let brains = [0x3FC0, 0xBF80].flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    #expect(try Self.widened(.bf16, brains, alignment: alignment) == [1.5, -1])
  }

  @Test("other types are refused by name", arguments: [GGUFTensorType.iq4_XS, .mxfp4, .i8, .tq1_0])
  func others(_ type: GGUFTensorType) throws {
    let error = #expect(throws: CheckpointError.self) {
      try Self.widened(type, [UInt8](repeating: 1, count: type.block.bytes))
    }
    #expect(error?.found == "the tensor blocks of type \(type.name)")
    #expect(error?.allowed.contains("Q4_K") == true)
  }
}
