/// A parsed regular expression.
indirect enum RegexNode: Sendable {
  case set(ScalarSet)
  case sequence([RegexNode])
  case alternatives([RegexNode])
  case repetition(RegexNode, minimum: Int, maximum: Int?, RepetitionKind)
  case look(RegexNode, behind: Bool, negated: Bool)
  /// A group that is not entered again once it has matched.
  case atomic(RegexNode)
  case assertion(RegexAssertion)
}

extension RegexNode {
  /// How many scalars a match has at least.
  var shortestMatch: Int {
    switch self {
    case .set: 1
    case .sequence(let nodes):
      nodes.reduce(0) { min($0 + $1.shortestMatch, 1_000_000) }
    case .alternatives(let choices): choices.map(\.shortestMatch).min() ?? 0
    case .repetition(let body, let minimum, _, _):
      minimum == 0 ? 0 : min(body.shortestMatch * minimum, 1_000_000)
    case .look, .assertion: 0
    case .atomic(let body): body.shortestMatch
    }
  }
}

enum RepetitionKind: Sendable { case greedy, lazy, possessive }

enum RegexAssertion: Sendable {
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
