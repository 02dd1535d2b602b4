/// A set of Unicode scalars, as a regular expression's character class describes it.
///
/// ASCII, by far the most frequent, is answered from a table of 128 bits.
struct ScalarSet: Sendable {
  private let low: UInt64
  private let high: UInt64
  private let rule: Rule

  /// How membership is decided for any scalar.
  indirect enum Rule: Sendable {
    case range(UInt32, UInt32)
    case categories(CategorySet)
    case whitespace
    case alphabetic
    case union([Rule])
    case intersection(Rule, Rule)
    case inverse(Rule)
    /// Also the scalars that differ from a member only in case.
    case ignoringCase(Rule)
  }

  init(_ rule: Rule) {
    self.rule = rule
    var bits: (UInt64, UInt64) = (0, 0)
    for value in 0..<64 as Range<UInt32> {
      if rule.contains(value) { bits.0 |= 1 << UInt64(value) }
      if rule.contains(value + 64) { bits.1 |= 1 << UInt64(value) }
    }
    (low, high) = bits
  }

  @inline(__always)
  func contains(_ value: UInt32) -> Bool {
    if value < 64 { return low >> UInt64(value) & 1 == 1 }
    if value < 128 { return high >> UInt64(value - 64) & 1 == 1 }
    return rule.contains(value)
  }
}

extension ScalarSet.Rule {
  func contains(_ value: UInt32) -> Bool {
    switch self {
    case .range(let first, let last): return first <= value && value <= last
    case .categories(let set):
      guard let scalar = Unicode.Scalar(value) else { return false }
      return set.contains(scalar.properties.generalCategory)
    case .whitespace: return Unicode.Scalar(value)?.properties.isWhitespace ?? false
    case .alphabetic: return Unicode.Scalar(value)?.properties.isAlphabetic ?? false
    case .union(let rules): return rules.contains { $0.contains(value) }
    case .intersection(let one, let other): return one.contains(value) && other.contains(value)
    case .inverse(let rule): return !rule.contains(value)
    case .ignoringCase(let rule):
      if rule.contains(value) { return true }
      let lower = Self.single(value, \.lowercaseMapping)
      let upper = Self.single(value, \.uppercaseMapping)
      return rule.contains(lower) || rule.contains(upper)
        || rule.contains(Self.single(upper, \.lowercaseMapping))
    }
  }

  /// The mapping of a scalar if it is one scalar, else the scalar itself.
  private static func single(
    _ value: UInt32, _ mapping: (Unicode.Scalar.Properties) -> String
  ) -> UInt32 {
    guard let scalar = Unicode.Scalar(value) else { return value }
    let mapped = mapping(scalar.properties).unicodeScalars
    return mapped.count == 1 ? mapped[mapped.startIndex].value : value
  }

  static func scalar(_ value: UInt32) -> Self { .range(value, value) }

  static let digit = Self.categories(CategorySet(["Nd"]))
  /// Letters, marks, decimal digits and connectors such as "_".
  static let word = Self.union([.categories(CategorySet(["L", "M", "Nd", "Pc"]))])

  /// A property as it is named in `\p{...}`.
  static func property(_ name: String) -> Self? {
    switch name.lowercased().filter({ $0 != "_" && $0 != " " && $0 != "-" }) {
    case "alphabetic", "alpha": return .alphabetic
    case "whitespace", "space": return .whitespace
    case "any": return .range(0, 0x10FFFF)
    case "ascii": return .range(0, 0x7F)
    case "alnum": return .union([.alphabetic, .digit])
    case "digit": return .digit
    case "word": return .word
    case let plain:
      let short = CategorySet.longNames[plain] ?? plain.prefix(1).uppercased() + plain.dropFirst()
      let set = CategorySet([short])
      return set.isEmpty ? nil : .categories(set)
    }
  }
}

/// A set of Unicode general categories.
struct CategorySet: Sendable {
  private var bits: UInt32 = 0

  /// From short names: "Lu", or "L" for all that begin with it; unknown names add nothing.
  init(_ names: [String]) {
    for (index, category) in Self.names.enumerated()
    where names.contains(category) || names.contains(String(category.prefix(1))) {
      bits |= 1 << UInt32(index)
    }
  }

  var isEmpty: Bool { bits == 0 }

  func contains(_ category: Unicode.GeneralCategory) -> Bool {
    bits >> Self.index(category) & 1 == 1
  }

  private static let names = [
    "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi",
    "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn",
  ]

  static let longNames = [
    "letter": "L", "mark": "M", "number": "N", "punctuation": "P", "punct": "P", "symbol": "S",
    "separator": "Z", "other": "C", "uppercaseletter": "Lu", "lowercaseletter": "Ll",
    "titlecaseletter": "Lt", "modifierletter": "Lm", "otherletter": "Lo", "decimalnumber": "Nd",
    "upper": "Lu", "lower": "Ll", "control": "Cc", "cntrl": "Cc", "format": "Cf",
  ]

  private static func index(_ category: Unicode.GeneralCategory) -> UInt32 {
    switch category {
    case .uppercaseLetter: 0
    case .lowercaseLetter: 1
    case .titlecaseLetter: 2
    case .modifierLetter: 3
    case .otherLetter: 4
    case .nonspacingMark: 5
    case .spacingMark: 6
    case .enclosingMark: 7
    case .decimalNumber: 8
    case .letterNumber: 9
    case .otherNumber: 10
    case .connectorPunctuation: 11
    case .dashPunctuation: 12
    case .openPunctuation: 13
    case .closePunctuation: 14
    case .initialPunctuation: 15
    case .finalPunctuation: 16
    case .otherPunctuation: 17
    case .mathSymbol: 18
    case .currencySymbol: 19
    case .modifierSymbol: 20
    case .otherSymbol: 21
    case .spaceSeparator: 22
    case .lineSeparator: 23
    case .paragraphSeparator: 24
    case .control: 25
    case .format: 26
    case .surrogate: 27
    case .privateUse: 28
    case .unassigned: 29
    @unknown default: 29
    }
  }
}
