import Foundation
import NosceCore
import NosceEngine
import NosceFormats
import NosceTestSupport
import Testing

@Suite("Safetensors files")
struct SafetensorsTests {
  private func read(_ data: Data) throws -> SafetensorsFile {
    try withFolder { folder in
      let url = folder.appendingPathComponent("x.safetensors")
      try data.write(to: url)
      return try SafetensorsFile(contentsOf: url)
    }
  }

  @Test("what is written is read back, in f32 exactly")
  func roundTrip() throws {
    let tensors = [
      NamedTensor(name: "b", shape: [2, 3], values: [1, -2, 3.5, .infinity, 0x1p-140, 0]),
      NamedTensor(name: "a", shape: [1], values: [-0.0]),
      NamedTensor(name: "empty", shape: [0, 7], values: []),
      NamedTensor(name: "scalar", shape: [], values: [42]),
      NamedTensor(name: "half", shape: [3], values: [1.5, -2, 0.25], storage: .bfloat16),
    ]
    try withFolder { folder in
      let url = folder.appendingPathComponent("x.safetensors")
      try SafetensorsWriter.write(tensors, metadata: ["format": "pt", "é": "ü\"\n"], to: url)
      let file = try SafetensorsFile(contentsOf: url)
      #expect(file.metadata == ["format": "pt", "é": "ü\"\n"])
      #expect(Set(file.names) == ["a", "b", "empty", "scalar", "half"])
      #expect(file.names.last == "half")
      for tensor in tensors {
        #expect(try file.shape(of: tensor.name) == tensor.shape)
        let values = try file.floats(tensor.name)
        #expect(values.map(\.bitPattern) == tensor.values.map(\.bitPattern))
      }
      #expect(try file.dtype(of: "half") == .bfloat16)
      let firstBytes = try file.withBytes(of: "a") { Array($0) }
      #expect(firstBytes == [0, 0, 0, 0x80])

      let first = try Data(contentsOf: url)
      try SafetensorsWriter.write(
        tensors.reversed(), metadata: ["é": "ü\"\n", "format": "pt"], to: url)
      #expect(try Data(contentsOf: url) == first, "the order of the tensors must not matter")
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left == ["x.safetensors"])
    }
  }

  @Test("bf16 rounds to the nearest, ties to even")
  func brainFloatRounding() throws {
    var generator = TestGenerator(seed: 1)
    var values: [Float] = [1.00390625, 1.01171875, 3.4e38, -.infinity, 0x1p-133, .nan]
    for _ in 0..<1000 {
      values.append(Float(bitPattern: UInt32(truncatingIfNeeded: generator.next())))
    }
    let stored = try withFolder { folder in
      let url = folder.appendingPathComponent("x.safetensors")
      try SafetensorsWriter.write(
        [NamedTensor(name: "x", shape: [values.count], values: values, storage: .bfloat16)],
        to: url)
      return try SafetensorsFile(contentsOf: url).floats("x")
    }
    for (value, result) in zip(values, stored) {
      if value.isNaN {
        #expect(result.isNaN)
        continue
      }
      // The two brain floats around the value, in the order of their magnitude.
      let below = Float(bitPattern: value.bitPattern & 0xFFFF_0000)
      let above = Float(bitPattern: (value.bitPattern & 0xFFFF_0000) &+ 0x10000)
      let rest = value.bitPattern & 0xFFFF
      let isEven = value.bitPattern & 0x10000 == 0
      let expected = rest < 0x8000 || (rest == 0x8000 && isEven) ? below : above
      #expect(result.bitPattern == expected.bitPattern, "\(value)")
    }
  }

  #if !(os(macOS) && arch(x86_64))
  @Test("every half-precision number is widened exactly")
  func halfPrecision() throws {
    let bits = (0...UInt16.max).map { $0 }
    let data = bits.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let header = #"{"x":{"dtype":"F16","shape":[65536],"data_offsets":[0,131072]}}"#
    let values = try read(CheckpointFixtures.file(header: header, data: data)).floats("x")
    for (bits, value) in zip(bits, values) {
      let expected = Float(Float16(bitPattern: bits))
      #expect(expected.isNaN ? value.isNaN : value.bitPattern == expected.bitPattern)
    }
  }
  #endif

  static let badHeaders: [(header: String, found: String)] = [
    (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, "4 bytes"),
    (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, "data_offsets [8,0]"),
    (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, "data_offsets [4,12]"),
    (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "at byte 4"),
    (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "4 bytes after"),
    (
      #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
        + #""y":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "tensor y at byte 0"
    ),
    (#"{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, "size -2"),
    (#"{"x":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#, "size 2.0"),
    (#"{"x":{"dtype":"F32","shape":[true],"data_offsets":[0,8]}}"#, "size true"),
    (
      #"{"x":{"dtype":"F32","shape":[4611686018427387904,4,0],"data_offsets":[0,8]}}"#,
      "too large"
    ),
    (#"{"x":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}"#, "without a shape"),
    (#"{"x":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}"#, "F31"),
    (#"{"x":{"shape":[2],"data_offsets":[0,8]}}"#, "dtype missing"),
    (#"{"x":{"dtype":"F32","shape":[2]}}"#, "data_offsets missing"),
    (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}"#, "data_offsets"),
    (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,99999999999999999999]}}"#, "data_offsets"),
    (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"z":1}}"#, "key z"),
    (#"{"x":7}"#, "an integer"),
    (#"{"__metadata__":{"a":1},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "strings"),
    (#"{"__metadata__":[],"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "a list"),
    (
      #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
        + #""x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "twice"
    ),
    (#"["x"]"#, "begin with '{'"),
    (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x"#, "no JSON"),
    (String(repeating: #"{"x":"#, count: 500), "deeper"),
  ]

  @Test("a header that lies is refused, saying what was found", arguments: badHeaders)
  func badHeader(header: String, found: String) {
    let data = CheckpointFixtures.file(header: header, data: [UInt8](repeating: 0, count: 8))
    let error = #expect(throws: CheckpointError.self) { try read(data) }
    #expect(error?.description.contains(found) == true, "\(error?.description ?? "")")
  }

  @Test(
    "a header length outside the file is refused",
    arguments: [
      UInt64.max, UInt64(Int.max), 1 << 40, 100_000_001, 9000,
    ])
  func badLength(length: UInt64) {
    let header = #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
    let data = CheckpointFixtures.file(
      header: header, data: [UInt8](repeating: 0, count: 8), length: length)
    #expect(throws: CheckpointError.self) { try read(data) }
  }

  @Test("reading integers as weights is refused, other tensors of the file are not")
  func integers() throws {
    let header =
      #"{"x":{"dtype":"I32","shape":[1],"data_offsets":[0,4]},"#
      + #""y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}   "#
    let file = try read(
      CheckpointFixtures.file(header: header, data: [0, 0, 0, 0, 0, 0, 0x80, 0x3F]))
    #expect(try file.floats("y") == [1])
    #expect(throws: CheckpointError.self) { try file.floats("x") }
    #expect(throws: CheckpointError.self) { try file.floats("z") }
  }

  @Test("a file cut off at any length is an error")
  func truncation() throws {
    let url = CheckpointFixtures.url("models-odd-but-legal/old-config-keys/model.safetensors")
    let whole = try Data(contentsOf: url)
    try withFolder { folder in
      let copy = folder.appendingPathComponent("x.safetensors")
      for length in 0..<whole.count {
        try whole.prefix(length).write(to: copy)
        #expect(throws: CheckpointError.self, "\(length) bytes") {
          try SafetensorsFile(contentsOf: copy)
        }
      }
    }
  }

  @Test("a file with changed bytes is an error or reads as tensors that fit it")
  func mutation() throws {
    let url = CheckpointFixtures.url("models-odd-but-legal/old-config-keys/model.safetensors")
    let whole = try Data(contentsOf: url)
    let headerEnd = 8 + Int(whole[0]) + Int(whole[1]) << 8
    var refused = 0
    try withFolder { folder in
      let copy = folder.appendingPathComponent("x.safetensors")
      for seed in 0..<4000 as Range<UInt64> {
        var generator = TestGenerator(seed: seed)
        var bytes = whole
        for _ in 0...Int.random(in: 0...3, using: &generator) {
          let index = Int.random(in: 0..<headerEnd, using: &generator)
          switch Int.random(in: 0...3, using: &generator) {
          case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
          case 1: bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
          case 2: bytes[index] = UInt8(ascii: "9")
          default: bytes.remove(at: index)
          }
        }
        try bytes.write(to: copy)
        do {
          let file = try SafetensorsFile(contentsOf: copy)
          var total = 0
          for name in file.names {
            total += try file.withBytes(of: name) { $0.count }
            if try file.dtype(of: name).isReadable {
              let count = try file.floats(name).count
              #expect(try count == file.shape(of: name).reduce(1, *), "seed \(seed)")
            }
          }
          #expect(total < bytes.count, "seed \(seed)")
        } catch is CheckpointError {
          refused += 1
        }
      }
    }
    #expect(refused > 2000)
  }

  @Test("an unwritable place and a repeated name are errors that leave nothing behind")
  func writingErrors() throws {
    let tensor = NamedTensor(name: "x", shape: [1], values: [1])
    try withFolder { folder in
      let missing = folder.appendingPathComponent("no/such/place.safetensors")
      let unwritable = #expect(throws: LabError.self) {
        try SafetensorsWriter.write([tensor], to: missing)
      }
      #expect(unwritable?.code == .storage)
      #expect(unwritable?.message.contains(missing.path) == true)
      let url = folder.appendingPathComponent("x.safetensors")
      #expect(throws: CheckpointError.self) {
        try SafetensorsWriter.write([tensor, tensor], to: url)
      }
      // A folder in the way: the rename fails, and the temporary file must go.
      try FileManager.default.createDirectory(
        at: url.appendingPathComponent("inner"), withIntermediateDirectories: true)
      let inTheWay = #expect(throws: LabError.self) {
        try SafetensorsWriter.write([tensor], to: url)
      }
      #expect(inTheWay?.code == .storage && inTheWay?.message.contains(url.path) == true)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["x.safetensors"])
    }
  }
}
