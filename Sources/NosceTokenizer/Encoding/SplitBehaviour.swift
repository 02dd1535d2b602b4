import NosceFormats

/// What becomes of the places that a split pattern matches.
enum SplitBehaviour: String, Sendable, CaseIterable {
  case isolated = "Isolated"
  case removed = "Removed"
  case mergedWithPrevious = "MergedWithPrevious"
  case mergedWithNext = "MergedWithNext"
  case contiguous = "Contiguous"

  private typealias Part = (range: Range<Int>, isMatch: Bool)

  init(_ reader: ComponentReader, default standard: Self?) throws(TokenizerError) {
    if let standard, reader.object["behavior"] == nil {
      self = standard
      return
    }
    let name = try reader.requiredString("behavior")
    guard let behaviour = Self(rawValue: name) else {
      throw reader.failure(
        "behavior \"\(name)\"",
        allowed: Self.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self = behaviour
  }

  /// Calls `body` with the pieces of a text, none of them empty.
  func split(
    _ text: UnsafeBufferPointer<UInt8>, at pattern: TextPattern, isInverted: Bool,
    _ body: (Range<Int>) -> Void
  ) {
    var end = 0
    switch self {
    case .isolated, .removed:
      func emit(_ range: Range<Int>, isMatch: Bool) {
        if range.isEmpty || isMatch && self == .removed { return }
        body(range)
      }
      pattern.forEachMatch(in: text) { match in
        emit(end..<match.lowerBound, isMatch: isInverted)
        emit(match, isMatch: !isInverted)
        end = match.upperBound
      }
      emit(end..<text.count, isMatch: isInverted)
    case .mergedWithPrevious, .mergedWithNext, .contiguous:
      var parts: [Part] = []
      pattern.forEachMatch(in: text) { match in
        if match.lowerBound > end { parts.append((end..<match.lowerBound, isInverted)) }
        parts.append((match, !isInverted))
        end = match.upperBound
      }
      if end < text.count { parts.append((end..<text.count, isInverted)) }
      for range in merged(parts) where !range.isEmpty { body(range) }
    }
  }

  private func merged(_ parts: [Part]) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var previous = false
    if self == .mergedWithNext {
      for part in parts.reversed() {
        if part.isMatch, !previous, let last = result.last {
          result[result.count - 1] = part.range.lowerBound..<last.upperBound
        } else {
          result.append(part.range)
        }
        previous = part.isMatch
      }
      return result.reversed()
    }
    for part in parts {
      let joins = self == .contiguous ? part.isMatch == previous : part.isMatch && !previous
      if joins, let last = result.last {
        result[result.count - 1] = last.lowerBound..<part.range.upperBound
      } else {
        result.append(part.range)
      }
      previous = part.isMatch
    }
    return result
  }
}
