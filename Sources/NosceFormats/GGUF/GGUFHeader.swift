import Foundation

/// Where one tensor lies in a GGUF file.
package struct GGUFTensor: Sendable {
  package let name: String
  package let type: GGUFTensorType
  /// As the engine has shapes: the slowest dimension first, against the order in the file.
  package let shape: [Int]
  /// Which of the model's files it lies in.
  package let part: Int
  /// Byte range in the whole of that file.
  package let range: Range<Int>

  package var count: Int { shape.reduce(1, *) }
  /// The numbers of a row, of which every one begins with a new block.
  package var columns: Int { shape.last ?? 1 }
  /// The bytes of a row.
  package var rowBytes: Int { columns / type.block.numbers * type.block.bytes }
}

/// The header of one GGUF file, read and checked against the file's size.
///
/// Layout: `gguf.h` of ggml, version 3, little-endian. Tensors follow one another in the order of
/// the list, each at the next multiple of the alignment, and nothing follows the last: a hole, an
/// overlap, data past the end or left over is an error.
struct GGUFHeader {
  let metadata: GGUFMetadata
  let tensors: [GGUFTensor]

  init(_ mapping: MappedFile, part: Int) throws(CheckpointError) {
    (metadata, tensors) = try mapping.withBytes { (bytes) throws(CheckpointError) in
      var reader = HeaderReader(bytes: bytes, mapping: mapping)
      return try reader.read(part: part)
    }
    try mapping.checkWhole()
  }

  /// Whether a file begins as every GGUF file does.
  static func isMagic(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.starts(with: "GGUF".utf8)
  }
}

private struct HeaderReader {
  let bytes: UnsafeRawBufferPointer
  let mapping: MappedFile
  var place = 0

  /// No text is longer, be it a name or a chat template.
  static let longestText = 1 << 26
  /// No model has more dimensions to a tensor.
  static let mostDimensions = 4
  static let deepestArray = 4
  static let largestAlignment = 1 << 20

  var left: Int { bytes.count - place }

  func failure(_ found: String, _ allowed: String) -> CheckpointError {
    CheckpointError(file: mapping.url.path, found: found, allowed: allowed)
  }

  // MARK: Pieces

  mutating func number<Whole: FixedWidthInteger>(
    _ type: Whole.Type, _ what: @autoclosure () -> String
  ) throws(CheckpointError) -> Whole {
    let width = MemoryLayout<Whole>.size
    guard left >= width else { throw cut(what()) }
    defer { place += width }
    return Whole(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: type))
  }

  func cut(_ what: String) -> CheckpointError {
    failure("the end of the file at \(what)", "a file that was downloaded whole")
  }

  /// The range of a text's bytes.
  mutating func text(_ what: @autoclosure () -> String) throws(CheckpointError) -> Range<Int> {
    let length = try number(UInt64.self, what())
    guard length <= UInt64(Self.longestText), Int(length) <= left else {
      throw failure(
        "a text of \(length) bytes at \(what()), with \(left) bytes to the end of the file",
        "texts that lie in the file, of at most \(Self.longestText) bytes")
    }
    defer { place += Int(length) }
    return place..<place + Int(length)
  }

  /// A text that must be UTF-8.
  mutating func string(_ what: @autoclosure () -> String) throws(CheckpointError) -> String {
    let range = try text(what())
    guard let string = String(validating: bytes[range], as: UTF8.self) else {
      throw failure("bytes that are no UTF-8 at \(what())", "text in UTF-8")
    }
    return string
  }

  // MARK: The file

  mutating func read(
    part: Int
  ) throws(CheckpointError) -> (GGUFMetadata, [GGUFTensor]) {
    try checkVersion()
    let tensorCount = try count("tensors", smallest: 8 + 4 + 8 + 4 + 8)
    let keyCount = try count("metadata keys", smallest: 8 + 4 + 1)
    var members: [(key: String, value: GGUFValue)] = []
    for index in 0..<keyCount {
      let key = try string("metadata key \(index + 1)")
      members.append((key, try value(try valueType(key), key)))
    }
    let metadata = try GGUFMetadata(file: mapping.url.path, members: members)
    let alignment = try metadata.integer("general.alignment") ?? 32
    guard alignment.nonzeroBitCount == 1, alignment <= Self.largestAlignment else {
      throw metadata.failure(
        "general.alignment", allowed: "a power of two up to \(Self.largestAlignment)")
    }
    return (metadata, try tensors(tensorCount, alignment: alignment, part: part))
  }

  private mutating func checkVersion() throws(CheckpointError) {
    guard GGUFHeader.isMagic(bytes) else {
      if bytes.starts(with: "version https://git-lfs".utf8) {
        throw failure(
          "a Git LFS pointer, which stands for a file that was not downloaded",
          "the file itself: git lfs pull")
      }
      let foreign = ForeignText.signature(of: bytes.prefix(256)).map { " but \($0)" }
      throw failure("no GGUF file\(foreign ?? "")", "a file that begins with GGUF")
    }
    place = 4
    let version = try number(UInt32.self, "the version")
    guard version == 3 else {
      throw failure(
        version.byteSwapped <= 3
          ? "a big-endian GGUF file" : "a GGUF file of version \(version)",
        "version 3, little-endian")
    }
  }

  private mutating func count(
    _ what: String, smallest: Int
  ) throws(CheckpointError) -> Int {
    let count = try number(Int64.self, "the number of \(what)")
    guard count >= 0, count <= left / smallest else {
      throw failure("\(count) \(what) in a file of \(bytes.count) bytes", "as many as fit the file")
    }
    return Int(count)
  }

  // MARK: Values

  private mutating func valueType(_ key: String) throws(CheckpointError) -> GGUFValueType {
    let type = try number(Int32.self, key)
    guard let known = GGUFValueType(rawValue: type) else {
      throw failure("a value of type \(type) at \(key)", "types 0 to 12")
    }
    return known
  }

  private mutating func value(
    _ type: GGUFValueType, _ key: String
  ) throws(CheckpointError) -> GGUFValue {
    if type == .string { return .string(try string(key)) }
    if type == .array { return try array(key, depth: 1) }
    guard let width = type.width, left >= width, let base = bytes.baseAddress else {
      throw cut(key)
    }
    guard let value = type.value(base + place) else {
      throw failure("the byte \(bytes[place]) at \(key)", "0 for false or 1 for true")
    }
    place += width
    return value
  }

  private mutating func array(_ key: String, depth: Int) throws(CheckpointError) -> GGUFValue {
    guard depth <= Self.deepestArray else {
      throw failure(
        "lists inside of each other more than \(Self.deepestArray) deep at \(key)",
        "at most \(Self.deepestArray)")
    }
    let type = try valueType(key)
    let stored = try number(UInt64.self, key)
    let smallest = type.width ?? (type == .string ? 8 : 12)
    guard stored <= UInt64(left / smallest) else {
      throw failure(
        "a list of \(stored) entries at \(key), with \(left) bytes to the end of the file",
        "as many as fit the file")
    }
    let count = Int(stored)
    switch type {
    case .string:
      var starts: [Int] = []
      starts.reserveCapacity(count)
      for index in 0..<count {
        starts.append(try text("\(key)[\(index)]").lowerBound)
      }
      return .strings(GGUFStrings(file: mapping, starts: starts))
    case .array:
      for _ in 0..<count { _ = try array(key, depth: depth + 1) }
      return .arrays(count: count)
    default:
      let start = place
      place += count * smallest
      if type == .bool, let wrong = bytes[start..<place].first(where: { $0 > 1 }) {
        throw failure("the byte \(wrong) at \(key)", "0 for false or 1 for true")
      }
      return .numbers(GGUFNumbers(file: mapping, type: type, start: start, count: count))
    }
  }

  // MARK: Tensors

  private struct Entry {
    var name: String
    var type: GGUFTensorType
    var shape: [Int]
    var offset: UInt64
    var bytes: Int
  }

  private mutating func tensors(
    _ count: Int, alignment: Int, part: Int
  ) throws(CheckpointError) -> [GGUFTensor] {
    var entries: [Entry] = []
    var names: Set<String> = []
    for index in 0..<count {
      let entry = try entry(index)
      guard names.insert(entry.name).inserted else {
        throw failure("the tensor \(entry.name) twice", "each tensor once")
      }
      entries.append(entry)
    }
    func padded(_ number: Int) -> Int { (number + alignment - 1) / alignment * alignment }
    let data = padded(place)
    // Padding may be left out where nothing follows it.
    var end = min(data, bytes.count)
    var tensors: [GGUFTensor] = []
    for entry in entries {
      let start = padded(end)
      guard entry.offset == UInt64(max(0, start - data)) else {
        throw failure(
          "the tensor \(entry.name) at byte \(entry.offset) of the data",
          "byte \(max(0, start - data)), behind the tensor before it: no hole and no overlap")
      }
      let (next, overflows) = start.addingReportingOverflow(entry.bytes)
      guard !overflows, next <= bytes.count else {
        throw failure(
          "the tensor \(entry.name) with \(entry.bytes) bytes from byte \(start) on, in a file of "
            + "\(bytes.count)", "a file that was downloaded whole")
      }
      tensors.append(
        GGUFTensor(
          name: entry.name, type: entry.type, shape: entry.shape, part: part, range: start..<next))
      end = next
    }
    guard bytes.count <= padded(end) else {
      throw failure(
        "\(bytes.count - end) bytes behind the last tensor", "a file that ends with its tensors")
    }
    return tensors
  }

  private mutating func entry(_ index: Int) throws(CheckpointError) -> Entry {
    let name = try string("the name of tensor \(index + 1)")
    let dimensions = try number(UInt32.self, "the tensor \(name)")
    guard (1...UInt32(Self.mostDimensions)).contains(dimensions) else {
      throw failure(
        "the tensor \(name) with \(dimensions) dimensions", "1 to \(Self.mostDimensions)")
    }
    var shape: [Int] = []
    var count = 1
    for _ in 0..<dimensions {
      let size = try number(Int64.self, "the tensor \(name)")
      shape.insert(Int(size), at: 0)
      let (product, overflows) = count.multipliedReportingOverflow(by: Int(size))
      guard size > 0, !overflows else {
        throw failure(
          "the tensor \(name) of shape \(shape)",
          "dimensions from 1 on, whose product is below 2^63")
      }
      count = product
    }
    let number = try number(Int32.self, "the tensor \(name)")
    guard let type = GGUFTensorType(rawValue: number) else {
      throw failure(
        "the tensor \(name) of type \(number)",
        "a type of ggml: " + GGUFTensorType.allCases.map(\.name).joined(separator: ", "))
    }
    let block = type.block
    guard (shape.last ?? 1) % block.numbers == 0 else {
      throw failure(
        "the tensor \(name) of type \(type.name) with rows of \(shape.last ?? 1) numbers",
        "rows of whole blocks of \(block.numbers)")
    }
    let (size, overflows) = (count / block.numbers).multipliedReportingOverflow(by: block.bytes)
    guard !overflows else {
      throw failure("the tensor \(name) of shape \(shape)", "less than 2^63 bytes")
    }
    let offset = try self.number(UInt64.self, "the tensor \(name)")
    return Entry(name: name, type: type, shape: shape, offset: offset, bytes: size)
  }
}
