/// A parsed regular expression.
indirect enum RegexNode: Sendable {
  case scalar(UInt32)
  case set(ScalarSet)
  case sequence([RegexNode])
  case alternatives([RegexNode])
  case repetition(RegexNode, minimum: Int, maximum: Int?, RepetitionKind)
  case look(RegexNode, behind: Bool, negated: Bool)
  /// A group that is not entered again once it has matched.
  case atomic(RegexNode)
  case assertion(RegexAssertion)
}

enum RepetitionKind: Sendable { case greedy, lazy, possessive }

enum RegexAssertion: UInt8, Sendable {
  case textStart, textEnd, textEndBeforeNewline, lineStart, lineEnd, wordBoundary, noWordBoundary
}

/// Why a regular expression cannot be used.
package struct RegexError: Error, Equatable, CustomStringConvertible {
  package let pattern: String
  /// Zero-based, in Unicode scalars.
  package let offset: Int
  package let message: String

  package var description: String {
    "\(message), at character \(offset + 1) of the expression \"\(pattern.prefix(200))\""
  }
}
