/// A set of Unicode scalars, as a regular expression's character class describes it.
indirect enum ScalarSet: Hashable, Sendable {
  case range(UInt32, UInt32)
  case categories(CategorySet)
  /// What has been part of Unicode since this version.
  case assigned(by: UInt16)
  case whitespace
  case alphabetic
  case uppercase
  case lowercase
  case union([ScalarSet])
  case intersection(ScalarSet, ScalarSet)
  case inverse(ScalarSet)
  /// Also the scalars that differ from a member only in case.
  case ignoringCase(ScalarSet)

  func contains(_ value: UInt32) -> Bool {
    switch self {
    case .range(let first, let last): return first <= value && value <= last
    case .categories(let set): return set.contains(UnicodeTable.category(value))
    case .assigned(let version):
      guard let age = Unicode.Scalar(value)?.properties.age else { return false }
      return age.major <= version
    case .whitespace: return Self.has(value, \.isWhitespace)
    case .alphabetic: return Self.has(value, \.isAlphabetic)
    case .uppercase: return Self.has(value, \.isUppercase)
    case .lowercase: return Self.has(value, \.isLowercase) || value == 0x295
    case .union(let sets): return sets.contains { $0.contains(value) }
    case .intersection(let one, let other): return one.contains(value) && other.contains(value)
    case .inverse(let set): return !set.contains(value)
    case .ignoringCase(let set):
      if set.contains(value) { return true }
      return UnicodeTable.caseVariants[UnicodeTable.folded(value)]?.contains(where: set.contains)
        ?? false
    }
  }

  private static func has(
    _ value: UInt32, _ property: (Unicode.Scalar.Properties) -> Bool
  ) -> Bool {
    guard let scalar = Unicode.Scalar(value) else { return false }
    return property(scalar.properties) && UnicodeTable.isKnown(scalar)
  }

  static func scalar(_ value: UInt32) -> Self { .range(value, value) }

  static let digit = Self.categories(CategorySet(["Nd"]))
  /// Letters, marks, decimal digits and connectors such as "_".
  static let word = Self.union([.alphabetic, .categories(CategorySet(["M", "Nd", "Pc"]))])
  /// `\w` outside of brackets. Oniguruma takes the Latin-1 numbers "²", "³", "¹", "¼", "½" and "¾"
  /// for word characters there, though not inside brackets.
  static let looseWord = Self.union([word, .range(0xB2, 0xB3), .scalar(0xB9), .range(0xBC, 0xBE)])
  /// ASCII's punctuation and symbols, and the punctuation of Unicode 8 (two of which are none today).
  static let punctuationOfUnicode8 = Self.union([
    .intersection(.categories(CategorySet(["P"])), .assigned(by: 8)),
    .intersection(.categories(CategorySet(["S"])), .range(0, 0x7F)),
    .scalar(0x166D), .scalar(0x111C9),
  ])
  static let hexadecimal = Self.union([.range(48, 57), .range(65, 70), .range(97, 102)])

  /// A property as it is named in `\p{...}`.
  static func property(_ name: String) -> Self? {
    switch name.lowercased().filter({ $0 != "_" && $0 != " " && $0 != "-" }) {
    case "alphabetic", "alpha": return .alphabetic
    case "uppercase", "upper": return .uppercase
    case "lowercase", "lower": return .lowercase
    case "whitespace", "space": return .whitespace
    case "blank": return .union([.categories(CategorySet(["Zs"])), .scalar(9)])
    case "any": return .range(0, 0x10FFFF)
    case "ascii": return .range(0, 0x7F)
    case "alnum": return .union([.alphabetic, .digit])
    case "digit": return .digit
    case "xdigit": return .hexadecimal
    case "word": return .looseWord
    case let plain:
      let short = CategorySet.longNames[plain] ?? plain.prefix(1).uppercased() + plain.dropFirst()
      let set = CategorySet([short])
      return set.isEmpty ? nil : .categories(set)
    }
  }

  /// A class as it is named in `[[:...:]]`.
  static func bracketed(_ name: String) -> Self? {
    switch name {
    case "word": word
    case "punct": .categories(CategorySet(["P", "S"]))
    case "alpha", "digit", "alnum", "space", "upper", "lower", "cntrl", "blank", "ascii", "xdigit":
      property(name)
    default: nil
    }
  }
}
