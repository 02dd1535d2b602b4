/// A set of Unicode general categories.
struct CategorySet: Hashable, Sendable {
  private var bits: UInt32 = 0

  /// From short names: "Lu", or "L" for all that begin with it; unknown names add nothing.
  init(_ names: [String]) {
    for (index, category) in Self.names.enumerated()
    where names.contains(category) || names.contains(String(category.prefix(1))) {
      bits |= 1 << UInt32(index)
    }
  }

  var isEmpty: Bool { bits == 0 }

  func contains(_ category: UInt8) -> Bool { bits >> UInt32(category) & 1 == 1 }

  static let names = [
    "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi",
    "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn",
  ]

  static let longNames = [
    "letter": "L", "mark": "M", "number": "N", "punctuation": "P", "punct": "P", "symbol": "S",
    "separator": "Z", "other": "C", "uppercaseletter": "Lu", "lowercaseletter": "Ll",
    "titlecaseletter": "Lt", "modifierletter": "Lm", "otherletter": "Lo", "nonspacingmark": "Mn",
    "spacingmark": "Mc", "enclosingmark": "Me", "decimalnumber": "Nd", "letternumber": "Nl",
    "othernumber": "No", "control": "Cc", "cntrl": "Cc", "format": "Cf",
  ]

  /// The place of a category in `names`.
  static func index(_ category: Unicode.GeneralCategory) -> UInt8 {
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
