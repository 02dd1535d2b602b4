/// The categories of Unicode 16, the version that the reference tokenizers know.
///
/// Scalars that were assigned later count as unassigned, so that a newer Swift cuts a text no
/// differently.
enum UnicodeTable {
  /// The general category, as an index into `CategorySet.names`.
  static func category(_ value: UInt32) -> UInt8 {
    value < 0x2_0000 ? low[Int(value)] : find(value)
  }

  /// The first two planes, which hold all but rare ideographs.
  static let low: [UInt8] = (0..<0x2_0000).map { find($0) }

  private static func find(_ value: UInt32) -> UInt8 {
    // The one letter that Unicode 17 moved to another category.
    if value == 0x295 { return CategorySet.index(.lowercaseLetter) }
    guard let scalar = Unicode.Scalar(value) else { return CategorySet.index(.surrogate) }
    let category = scalar.properties.generalCategory
    return CategorySet.index(isKnown(scalar) ? category : .unassigned)
  }

  /// Whether Unicode 16 has the scalar.
  static func isKnown(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x80 || (scalar.properties.age.map { $0.major <= 16 } ?? true)
  }

  /// The scalar that stands for all that differ from this one only in case.
  static func folded(_ value: UInt32) -> UInt32 {
    // The dotted and dotless i differ in more than case outside of Turkish.
    guard value != 0x130, value != 0x131, let scalar = Unicode.Scalar(value) else { return value }
    let properties = scalar.properties
    guard properties.isCased || properties.changesWhenCaseMapped, isKnown(scalar) else {
      return value
    }
    return single(single(value, \.uppercaseMapping), \.lowercaseMapping)
  }

  /// All scalars that differ from another in case, by what they are folded to.
  static let caseVariants: [UInt32: [UInt32]] = {
    var variants: [UInt32: [UInt32]] = [:]
    for value in 0..<0x2_0000 as Range<UInt32> {
      let folded = folded(value)
      if folded != value { variants[folded, default: [folded]].append(value) }
    }
    return variants
  }()

  /// What letters such as "ß" become when case is ignored, where that is more than one letter, and
  /// these letters themselves.
  static let expansions: Set<[UInt32]> = {
    var result: Set<[UInt32]> = []
    for value in 0x80..<0x1_0000 as Range<UInt32> {
      guard let scalar = Unicode.Scalar(value), isKnown(scalar) else { continue }
      let upper = scalar.properties.uppercaseMapping.unicodeScalars
      guard upper.count > 1 else { continue }
      let expanded = upper.flatMap { $0.properties.lowercaseMapping.unicodeScalars }.map(\.value)
      result.insert(expanded)
      result.insert([folded(value)])
    }
    return result
  }()

  /// The mapping of a scalar if it is one scalar, else the scalar itself.
  private static func single(
    _ value: UInt32, _ mapping: (Unicode.Scalar.Properties) -> String
  ) -> UInt32 {
    guard let scalar = Unicode.Scalar(value) else { return value }
    let mapped = mapping(scalar.properties).unicodeScalars
    guard let first = mapped.first, mapped.count == 1, isKnown(first) else { return value }
    return first.value
  }
}
