import NosceFormats

/// How a text is cut into pieces that are then encoded one by one.
struct PreTokenizer: Sendable {
  private enum Step: Sendable {
    case split(TextPattern, SplitBehaviour, isInverted: Bool)
    case prefixSpace
  }

  private let steps: [Step]
  /// The last step turns pieces into bytes, which the vocabulary writes as visible characters.
  let endsInBytes: Bool
  /// Whether the beginning of a text is treated in another way than its middle.
  let marksBeginning: Bool

  /// The pattern that byte-level tokenizers use unless told otherwise.
  private static let byteLevelPattern =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  init(_ reader: ComponentReader?) throws(TokenizerError) {
    var steps: [Step] = []
    var endsInBytes = false
    if let reader { try Self.add(reader, to: &steps, &endsInBytes, depth: 0) }
    self.steps = steps
    self.endsInBytes = endsInBytes
    marksBeginning = steps.contains { if case .prefixSpace = $0 { true } else { false } }
  }

  private static func add(
    _ reader: ComponentReader, to steps: inout [Step], _ endsInBytes: inout Bool, depth: Int
  ) throws(TokenizerError) {
    let type = try reader.type()
    guard !endsInBytes else {
      throw reader.failure(
        "type \"\(type)\" after ByteLevel", allowed: "ByteLevel as the last step")
    }
    switch type {
    case "Sequence" where depth < 8:
      for step in try reader.list("pretokenizers") {
        try add(step, to: &steps, &endsInBytes, depth: depth + 1)
      }
    case "ByteLevel":
      if try reader.bool("add_prefix_space", default: true) { steps.append(.prefixSpace) }
      if try reader.bool("use_regex", default: true) {
        steps.append(.split(try expression(byteLevelPattern, reader), .isolated, isInverted: false))
      }
      endsInBytes = true
    case "Split":
      let name = try reader.requiredString("behavior")
      guard let behaviour = SplitBehaviour(rawValue: name) else {
        throw reader.failure(
          "behavior \"\(name)\"",
          allowed: SplitBehaviour.allCases.map(\.rawValue).joined(separator: ", "))
      }
      let isInverted = try reader.bool("invert", default: false)
      steps.append(.split(try reader.pattern(), behaviour, isInverted: isInverted))
    case "Digits":
      let isIndividual = try reader.bool("individual_digits", default: false)
      steps.append(
        .split(
          try expression(#"\p{N}"#, reader), isIndividual ? .isolated : .contiguous,
          isInverted: false))
    default:
      throw reader.failure(
        "type \"\(type)\"", allowed: "Sequence, ByteLevel, Split or Digits")
    }
  }

  private static func expression(
    _ source: String, _ reader: ComponentReader
  ) throws(TokenizerError) -> TextPattern {
    do throws(RegexError) {
      return .expression(try RegularExpression(source))
    } catch {
      throw reader.failure("\(error)", allowed: "a regular expression")
    }
  }

  func split(_ scalars: [Unicode.Scalar]) -> [[Unicode.Scalar]] {
    var pieces = scalars.isEmpty ? [] : [scalars]
    for step in steps {
      switch step {
      case .prefixSpace:
        pieces = pieces.map { $0.first == " " ? $0 : [" "] + $0 }
      case .split(let pattern, let behaviour, let isInverted):
        pieces = pieces.flatMap { piece in
          behaviour.split(piece.count, pattern.matches(in: piece), isInverted: isInverted)
            .map { Array(piece[$0]) }
        }
      }
    }
    return pieces
  }
}

/// What becomes of the places that a split pattern matches.
enum SplitBehaviour: String, Sendable, CaseIterable {
  case isolated = "Isolated"
  case removed = "Removed"
  case mergedWithPrevious = "MergedWithPrevious"
  case mergedWithNext = "MergedWithNext"
  case contiguous = "Contiguous"

  /// The pieces of a text of `count` scalars, none of them empty.
  func split(_ count: Int, _ matches: [Range<Int>], isInverted: Bool) -> [Range<Int>] {
    var parts: [(range: Range<Int>, isMatch: Bool)] = []
    var end = 0
    for match in matches {
      if match.lowerBound > end { parts.append((end..<match.lowerBound, isInverted)) }
      parts.append((match, !isInverted))
      end = match.upperBound
    }
    if end < count { parts.append((end..<count, isInverted)) }

    var result: [Range<Int>] = []
    switch self {
    case .isolated: result = parts.map(\.range)
    case .removed: result = parts.filter { !$0.isMatch }.map(\.range)
    case .mergedWithPrevious: result = merged(parts)
    case .mergedWithNext:
      let mirrored = parts.reversed().map {
        (range: count - $0.range.upperBound..<count - $0.range.lowerBound, isMatch: $0.isMatch)
      }
      result = merged(mirrored).reversed().map { count - $0.upperBound..<count - $0.lowerBound }
    case .contiguous:
      var previous: Bool?
      for part in parts {
        if part.isMatch == previous, let last = result.last {
          result[result.count - 1] = last.lowerBound..<part.range.upperBound
        } else {
          result.append(part.range)
        }
        previous = part.isMatch
      }
    }
    return result.filter { !$0.isEmpty }
  }

  /// A match joins what stands before it, unless that is a match too.
  private func merged(_ parts: [(range: Range<Int>, isMatch: Bool)]) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var previous = false
    for part in parts {
      if part.isMatch, !previous, let last = result.last {
        result[result.count - 1] = last.lowerBound..<part.range.upperBound
      } else {
        result.append(part.range)
      }
      previous = part.isMatch
    }
    return result
  }
}
