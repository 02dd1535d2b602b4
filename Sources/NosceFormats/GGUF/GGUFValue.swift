/// A value in the metadata of a GGUF file.
///
/// Whole numbers of every width are one case, and so are both kinds of floating numbers.
package enum GGUFValue: Sendable {
  case integer(Int)
  case number(Double)
  case bool(Bool)
  case string(String)
  case strings(GGUFStrings)
  /// Numbers or truth values, as they lie in the file.
  case numbers(GGUFNumbers)
  /// Arrays of arrays, which no reader here has a use for.
  case arrays(count: Int)

  /// What it is, in words that follow "found".
  package var kind: String {
    switch self {
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .bool(let value): "\(value)"
    case .string(let text): "\"\(text.prefix(60))\""
    case .strings(let list): "a list of \(list.count) texts"
    case .numbers(let list): "a list of \(list.count) numbers"
    case .arrays(let count): "a list of \(count) lists"
    }
  }
}

/// The types of values, by their numbers in the file.
enum GGUFValueType: Int32 {
  case uint8 = 0
  case int8 = 1
  case uint16 = 2
  case int16 = 3
  case uint32 = 4
  case int32 = 5
  case float32 = 6
  case bool = 7
  case string = 8
  case array = 9
  case uint64 = 10
  case int64 = 11
  case float64 = 12

  /// Bytes of one value; nil for those of no fixed width.
  var width: Int? {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    case .string, .array: nil
    }
  }

  /// The value at a place in the file; nil for a truth value that is neither 0 nor 1, and for types
  /// of no fixed width.
  func value(_ place: UnsafeRawPointer) -> GGUFValue? {
    func load<Whole: FixedWidthInteger>(_ type: Whole.Type) -> Whole {
      Whole(littleEndian: place.loadUnaligned(as: type))
    }
    switch self {
    case .uint8: return .integer(Int(load(UInt8.self)))
    case .int8: return .integer(Int(load(Int8.self)))
    case .uint16: return .integer(Int(load(UInt16.self)))
    case .int16: return .integer(Int(load(Int16.self)))
    case .uint32: return .integer(Int(load(UInt32.self)))
    case .int32: return .integer(Int(load(Int32.self)))
    case .int64: return .integer(Int(load(Int64.self)))
    case .uint64:
      let number = load(UInt64.self)
      return Int(exactly: number).map { .integer($0) } ?? .number(Double(number))
    case .float32: return .number(Double(Float(bitPattern: load(UInt32.self))))
    case .float64: return .number(Double(bitPattern: load(UInt64.self)))
    case .bool:
      let byte = load(UInt8.self)
      return byte > 1 ? nil : .bool(byte == 1)
    case .string, .array: return nil
    }
  }
}

/// A list of texts in a GGUF file, which are read one by one.
///
/// Vocabularies have hundreds of thousands: only where each lies is kept.
package struct GGUFStrings: Sendable {
  private let file: MappedFile
  /// Where each text begins; its length stands in the eight bytes before.
  private let starts: [Int]

  init(file: MappedFile, starts: [Int]) {
    self.file = file
    self.starts = starts
  }

  package var count: Int { starts.count }

  /// Lends the bytes of one text, which need not be UTF-8.
  package func withBytes<Result>(
    of index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    let start = starts[index]
    return file.withBytes { bytes in
      let stored = bytes.loadUnaligned(fromByteOffset: start - 8, as: UInt64.self)
      // Where the file has changed since the header was read, no more than is there.
      let length = Int(clamping: min(UInt64(littleEndian: stored), UInt64(bytes.count - start)))
      return UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
        .withMemoryRebound(to: UInt8.self, body)
    }
  }

  /// One text; nil where its bytes are no UTF-8.
  package subscript(index: Int) -> String? {
    withBytes(of: index) { String(validating: $0, as: UTF8.self) }
  }
}

/// A list of numbers or truth values in a GGUF file, which are read one by one.
package struct GGUFNumbers: Sendable {
  private let file: MappedFile
  private let type: GGUFValueType
  private let start: Int
  package let count: Int

  init(file: MappedFile, type: GGUFValueType, start: Int, count: Int) {
    self.file = file
    self.type = type
    self.start = start
    self.count = count
  }

  /// Lends a reader of the numbers, so that a long list asks for the file's bytes once.
  package func withValues<Result>(_ body: ((Int) -> GGUFValue?) -> Result) -> Result {
    file.withBytes { bytes in
      body { index in
        guard let width = type.width, let base = bytes.baseAddress else { return nil }
        return type.value(base + start + index * width)
      }
    }
  }

  /// All as floating numbers; nil where one is none.
  package var doubles: [Double]? {
    withValues { value in
      var result: [Double] = []
      result.reserveCapacity(count)
      for index in 0..<count {
        switch value(index) {
        case .integer(let number): result.append(Double(number))
        case .number(let number): result.append(number)
        default: return nil
        }
      }
      return result
    }
  }

  /// All as whole numbers; nil where one is none.
  package var integers: [Int]? {
    withValues { value in
      var result: [Int] = []
      result.reserveCapacity(count)
      for index in 0..<count {
        guard case .integer(let number) = value(index) else { return nil }
        result.append(number)
      }
      return result
    }
  }

  /// All as truth values; nil where one is none.
  package var bools: [Bool]? {
    withValues { value in
      var result: [Bool] = []
      for index in 0..<count {
        guard case .bool(let bool) = value(index) else { return nil }
        result.append(bool)
      }
      return result
    }
  }
}
