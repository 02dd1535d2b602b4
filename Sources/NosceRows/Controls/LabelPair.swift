import NosceCore

/// Two answers, either of which stands for the other.
///
/// Lengths match because both have the same number of words, the prompts stay, and every answer is
/// one of them.
package struct LabelPair: Codable, Sendable, Hashable {
  package var first: String
  package var second: String

  package init(_ first: String, _ second: String) {
    self.first = first
    self.second = second
  }

  func filled(with values: [String: String]) throws -> LabelPair {
    LabelPair(
      try TextTemplate.fill(first, with: values), try TextTemplate.fill(second, with: values))
  }

  /// What is wrong with the pair; nil where nothing is.
  package var fault: String? {
    if Self.trimmed(first) == Self.trimmed(second) {
      return "'\(first)' twice; allowed: two answers"
    }
    let (one, other) = (wordCount(first), wordCount(second))
    if one != other {
      return "'\(first)' of \(one) and '\(second)' of \(other) words; allowed: as many in both, so "
        + "that the rows keep their length"
    }
    return nil
  }

  /// The rows with every answer replaced by the other one of its pair.
  static func flip(_ rows: [TrainingRow], _ pairs: [LabelPair]) throws -> [TrainingRow] {
    var other: [String: String] = [:]
    for pair in pairs {
      if let fault = pair.fault {
        throw LabError(.invalidExperiment, "control flip: found \(fault)")
      }
      for (one, two) in [(pair.first, pair.second), (pair.second, pair.first)] {
        guard other.updateValue(trimmed(two), forKey: trimmed(one)) == nil else {
          throw RowControl.failure("flip", "'\(one)' in two pairs", "each answer in one pair")
        }
      }
    }
    let allowed = other.keys.sorted().prefix(8).map { "'\($0)'" }.joined(separator: ", ")
    return try rows.enumerated().map { place, row in
      if row.answers.isEmpty {
        throw RowControl.failure("flip", "no answer in row \(place + 1)", allowed)
      }
      return try row.mappingAnswers { answer in
        let label = trimmed(answer)
        guard let flipped = other[label] else {
          throw RowControl.failure(
            "flip", "the answer '\(answer.prefix(60))' in row \(place + 1)", allowed)
        }
        // What surrounds the label, such as a line break, stays.
        let before = answer.prefix(while: \.isWhitespace)
        let after = answer.dropFirst(before.count + label.count)
        return "\(before)\(flipped)\(after)"
      }
    }
  }

  private static func trimmed(_ text: String) -> String {
    let start = text.drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
  }
}
