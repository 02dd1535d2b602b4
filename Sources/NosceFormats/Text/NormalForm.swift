import Foundation

/// Unicode's normal forms as of Unicode 9, the version that the reference library knows for them.
///
/// The system's library tells what a single character decomposes to; order and composition are
/// done here, because libraries differ in them where marks are rare.
package struct NormalForm: Sendable {
  package let isComposed: Bool
  /// Whether characters that only look alike, such as "ﬁ" and "fi", become the same.
  package let isCompatible: Bool

  package init(isComposed: Bool, isCompatible: Bool) {
    self.isComposed = isComposed
    self.isCompatible = isCompatible
  }

  /// The text in this form. Text and result are valid UTF-8.
  package func apply(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var scalars: [UInt32] = []
    scalars.reserveCapacity(text.count)
    var known: [UInt32: [UInt32]] = [:]
    var position = 0
    while position < text.count {
      let (value, length) = text.scalar(at: position)
      position += length
      if value < 0xA0 || 0x4E00...0x9FFF ~= value {
        scalars.append(value)
        continue
      }
      let parts = known[value] ?? Self.decomposition(of: value, isCompatible: isCompatible)
      known[value] = parts
      scalars += parts
    }
    Self.order(&scalars)
    if isComposed { Self.compose(&scalars) }
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    for value in scalars {
      if let scalar = Unicode.Scalar(value) { result.append(contentsOf: scalar.utf8) }
    }
    return result
  }

  /// Whether this version of Unicode has the scalar.
  private static func isKnown(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.age.map { $0.major <= 9 } ?? true
  }

  private static func decomposition(of value: UInt32, isCompatible: Bool) -> [UInt32] {
    guard let scalar = Unicode.Scalar(value), isKnown(scalar) else { return [value] }
    let text = String(scalar)
    let mapped =
      isCompatible
      ? text.decomposedStringWithCompatibilityMapping : text.decomposedStringWithCanonicalMapping
    return mapped.unicodeScalars.map(\.value)
  }

  private static func combiningClass(_ value: UInt32) -> UInt8 {
    guard value >= 0x300, let scalar = Unicode.Scalar(value), isKnown(scalar) else { return 0 }
    return scalar.properties.canonicalCombiningClass.rawValue
  }

  /// Sorts marks that follow each other by their class, those of the same class as they stand.
  private static func order(_ scalars: inout [UInt32]) {
    var start = 0
    while start < scalars.count {
      guard combiningClass(scalars[start]) > 0 else {
        start += 1
        continue
      }
      var marks: [(value: UInt32, order: UInt8)] = []
      var end = start
      while end < scalars.count, case let order = combiningClass(scalars[end]), order > 0 {
        marks.append((scalars[end], order))
        end += 1
      }
      if marks.count > 1 {
        // Sorting keeps the order of equal elements.
        marks.sort { $0.order < $1.order }
        for (index, mark) in marks.enumerated() { scalars[start + index] = mark.value }
      }
      start = end
    }
  }

  private static func compose(_ scalars: inout [UInt32]) {
    var result: [UInt32] = []
    result.reserveCapacity(scalars.count)
    var starter: Int?
    var lastClass: UInt8 = 0
    for value in scalars {
      let order = combiningClass(value)
      // Nothing between the starter and this one may stand in its way.
      let isFree = starter == result.count - 1 || lastClass > 0 && lastClass < order
      if let place = starter, isFree, let whole = composite(result[place], value) {
        result[place] = whole
        continue
      }
      if order == 0 { starter = result.count }
      lastClass = order
      result.append(value)
    }
    scalars = result
  }

  private static func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if 0x1100..<0x1113 ~= first, 0x1161..<0x1176 ~= second {
      return 0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28
    }
    if 0xAC00..<0xD7A4 ~= first, (first - 0xAC00) % 28 == 0, 0x11A8..<0x11C3 ~= second {
      return first + second - 0x11A7
    }
    if second < 0x300 { return nil }
    return composites[UInt64(first) << 32 | UInt64(second)]
  }

  /// The pairs that compose. The blocks are those that hold all composed characters.
  private static let composites: [UInt64: UInt32] = {
    let blocks: [ClosedRange<UInt32>] = [
      0xC0...0x30FF, 0x10590...0x105FF, 0x11080...0x110BF, 0x11120...0x1113F, 0x11340...0x113FF,
      0x11480...0x114CF, 0x115B0...0x115BF, 0x11930...0x1193F, 0x16120...0x1612F,
      0x16D60...0x16D6F,
    ]
    var wholes: [[UInt32]: UInt32] = [:]
    for value in blocks.joined() {
      guard let scalar = Unicode.Scalar(value), !scalar.properties.isFullCompositionExclusion else {
        continue
      }
      let parts = decomposition(of: value, isCompatible: false)
      if parts.count > 1 { wholes[parts] = value }
    }
    var pairs: [UInt64: UInt32] = [:]
    for (parts, value) in wholes {
      let first = parts.count == 2 ? parts[0] : wholes[Array(parts.dropLast())]
      if let first, let last = parts.last { pairs[UInt64(first) << 32 | UInt64(last)] = value }
    }
    return pairs
  }()
}
