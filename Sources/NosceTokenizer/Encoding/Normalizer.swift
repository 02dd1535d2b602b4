import Foundation

/// What is done to a text before it is split.
indirect enum Normalizer: Sendable {
  case sequence([Normalizer])
  case canonicalComposition
  case canonicalDecomposition
  case compatibilityComposition
  case compatibilityDecomposition
  case lowercase
  case prepend([Unicode.Scalar])
  case replace(TextPattern, [Unicode.Scalar])
  case strip(left: Bool, right: Bool)

  init(_ reader: ComponentReader, depth: Int = 0) throws(TokenizerError) {
    switch try reader.type() {
    case "Sequence" where depth < 8:
      var steps: [Normalizer] = []
      var growth = 1
      for step in try reader.list("normalizers") {
        let next = try Normalizer(step, depth: depth + 1)
        growth *= next.growth
        try reader.checkGrowth(growth)
        steps.append(next)
      }
      self = .sequence(steps)
    case "NFC": self = .canonicalComposition
    case "NFD": self = .canonicalDecomposition
    case "NFKC": self = .compatibilityComposition
    case "NFKD": self = .compatibilityDecomposition
    case "Lowercase": self = .lowercase
    case "Prepend":
      self = .prepend(Array(try reader.requiredString("prepend").unicodeScalars))
    case "Replace":
      let pattern = try reader.pattern()
      let content = Array(try reader.requiredString("content").unicodeScalars)
      try reader.checkGrowth(pattern.growth(replacingBy: content))
      self = .replace(pattern, content)
    case "Strip":
      self = .strip(
        left: try reader.bool("strip_left", default: true),
        right: try reader.bool("strip_right", default: true))
    case let type:
      throw reader.failure(
        "type \"\(type)\"",
        allowed: "Sequence, NFC, NFD, NFKC, NFKD, Lowercase, Prepend, Replace or Strip")
    }
  }

  /// How many times as long a text can become through replacements.
  private var growth: Int {
    switch self {
    case .sequence(let steps): steps.reduce(1) { $0 * $1.growth }
    case .replace(let pattern, let content): pattern.growth(replacingBy: content)
    default: 1
    }
  }

  func apply(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    switch self {
    case .sequence(let steps): return steps.reduce(scalars) { $1.apply($0) }
    case .canonicalComposition: return mapped(scalars, \.precomposedStringWithCanonicalMapping)
    case .canonicalDecomposition: return mapped(scalars, \.decomposedStringWithCanonicalMapping)
    case .compatibilityComposition:
      return mapped(scalars, \.precomposedStringWithCompatibilityMapping)
    case .compatibilityDecomposition:
      return mapped(scalars, \.decomposedStringWithCompatibilityMapping)
    case .lowercase: return scalars.flatMap { $0.properties.lowercaseMapping.unicodeScalars }
    case .prepend(let prefix): return scalars.isEmpty ? scalars : prefix + scalars
    case .replace(let pattern, let content):
      return pattern.replacingMatches(in: scalars, with: content)
    case .strip(let left, let right):
      var slice = scalars[...]
      if left { slice = slice.drop { $0.properties.isWhitespace } }
      while right, slice.last?.properties.isWhitespace == true { slice.removeLast() }
      return Array(slice)
    }
  }

  /// Whether the beginning of a text is treated in another way than its middle.
  var marksBeginning: Bool {
    switch self {
    case .sequence(let steps): steps.contains(where: \.marksBeginning)
    case .prepend, .strip: true
    default: false
    }
  }

  private func mapped(
    _ scalars: [Unicode.Scalar], _ mapping: (String) -> String
  ) -> [Unicode.Scalar] {
    if scalars.allSatisfy(\.isASCII) { return scalars }
    return Array(mapping(String(scalars: scalars)).unicodeScalars)
  }
}

extension String {
  init(scalars: some Sequence<Unicode.Scalar>) {
    var view = UnicodeScalarView()
    view.append(contentsOf: scalars)
    self.init(view)
  }
}
