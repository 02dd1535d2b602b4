/// What must follow a given text for its probability to count.
package enum Ending: String, Sendable, Hashable, CaseIterable {
  /// Anything: the probability that an answer begins with the text.
  case open
  /// The end of the turn: the probability that the text is the answer.
  case turn
  /// Anything but a digit: the probability that an answer begins with the text as a number, so that
  /// 1 is not read off 10, and "7." and "7 out of 10" both say 7.
  case number
}

/// Plans of schemas before `nosce-plan-5` say only whether the end of the turn counts.
extension Ending: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let closed = try? container.decode(Bool.self) {
      self = closed ? .turn : .open
      return
    }
    let name = try container.decode(String.self)
    guard let ending = Ending(rawValue: name) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "found '\(name)'; allowed: true, false, "
          + Self.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self = ending
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}
