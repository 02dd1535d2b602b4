import Foundation
import NosceFormats
import Testing

@Suite("GGUF files that are written")
struct GGUFDocumentTests {
  private static let metadata: [(key: String, value: GGUFDocument.Value)] = [
    ("general.architecture", .string("llama")), ("general.name", .string("Näme")),
    ("adapter.lora.alpha", .float(1.5)), ("a.b", .integer(7)),
  ]
  private static let tensors: [GGUFDocument.Tensor] = [
    .init(name: "one", shape: [2, 3], values: (0..<6).map { Float($0) - 2.5 }),
    .init(name: "two", shape: [1], values: [0.1]),
    .init(name: "three", shape: [1, 3, 3], values: (0..<9).map { Float($0) }),
  ]

  private func bytes(_ document: GGUFDocument) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try document.write { bytes += $0 }
    return bytes
  }

  /// What gguf-py 0.19 writes for the same contents (`GGUFWriter`), in hexadecimal digits.
  private static let golden = """
    474755460300000003000000000000000400000000000000140000000000000067656e6572616c2e61726368697465
    63747572650800000005000000000000006c6c616d610c0000000000000067656e6572616c2e6e616d650800000005
    000000000000004ec3a46d651200000000000000616461707465722e6c6f72612e616c706861060000000000c03f03
    00000000000000612e62040000000700000003000000000000006f6e65020000000300000000000000020000000000
    0000000000000000000000000000030000000000000074776f01000000010000000000000000000000200000000000
    0000050000000000000074687265650300000003000000000000000300000000000000010000000000000000000000
    4000000000000000
    """

  @Test("The bytes are those of gguf-py")
  func golden() throws {
    let bytes = try bytes(GGUFDocument(for: "f", metadata: Self.metadata, tensors: Self.tensors))
    let header = bytes.prefix(290).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
    #expect(header.joined() == Self.golden.replacing("\n", with: ""))
    #expect(bytes.count == 448)
    // Behind the header: padding, and each tensor at a multiple of 32.
    #expect(bytes[290..<320].allSatisfy { $0 == 0 })
    let numbers: [(place: Int, values: [Float])] = [
      (320, Self.tensors[0].values), (352, [0.1]), (384, Self.tensors[2].values),
    ]
    for (place, values) in numbers {
      let stored = values.flatMap { value in
        (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
      }
      #expect(Array(bytes[place..<place + stored.count]) == stored)
    }
  }

  @Test("The reader finds what was written")
  func readBack() throws {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "nosce-test-\(UUID().uuidString).gguf")
    defer { try? FileManager.default.removeItem(at: url) }
    let document = try GGUFDocument(for: "f", metadata: Self.metadata, tensors: Self.tensors)
    try Data(try bytes(document)).write(to: url)
    let file = try GGUFFile(contentsOf: url)
    #expect(file.metadata.keys == Self.metadata.map(\.key))
    #expect(try file.metadata.architecture() == "llama")
    #expect(try file.metadata.string("general.name") == "Näme")
    #expect(try file.metadata.number("adapter.lora.alpha") == 1.5)
    #expect(try file.metadata.integer("a.b") == 7)
    #expect(file.tensors.map(\.name) == ["one", "two", "three"])
    #expect(file.tensors.map(\.shape) == [[2, 3], [1], [1, 3, 3]])
  }

  @Test(
    "What no reader would take is refused with the file's name",
    arguments: [
      ("the metadata key a twice", [("a", 1), ("a", 2)], []),
      ("the tensor t twice", [], [("t", [1], 1), ("t", [1], 1)]),
      ("3 numbers for the tensor t of shape [2, 2]", [], [("t", [2, 2], 3)]),
      ("0 numbers for the tensor t of shape [0]", [], [("t", [0], 0)]),
      ("1 numbers for the tensor t of shape []", [], [("t", [], 1)]),
      ("1 numbers for the tensor t of shape [1, 1, 1, 1, 1]", [], [("t", [1, 1, 1, 1, 1], 1)]),
      ("a tensor name of 64 bytes", [], [(String(repeating: "é", count: 32), [1], 1)]),
    ] as [(String, [(String, UInt32)], [(String, [Int], Int)])])
  func refused(
    found: String, metadata: [(String, UInt32)], tensors: [(String, [Int], Int)]
  ) throws {
    let error = #expect(throws: CheckpointError.self) {
      try GGUFDocument(
        for: "place", metadata: metadata.map { ($0.0, .integer($0.1)) },
        tensors: tensors.map {
          .init(name: $0.0, shape: $0.1, values: [Float](repeating: 1, count: $0.2))
        })
    }
    #expect(error?.file == "place")
    #expect(error?.found.hasPrefix(found) == true, "\(String(describing: error))")
  }
}
