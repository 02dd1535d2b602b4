/// What a continuation is held to while it is drawn, in the numbers of tokens alone.
///
/// A value is the state of one continuation: each prompt begins with a copy of the one it was given.
package protocol TokenConstraint: Sendable {
  /// The tokens that may be drawn next, at least one; each is as likely as it is among these.
  func allowed() throws -> TokenSet

  /// Takes the token that was drawn.
  mutating func take(_ token: Int32) throws -> ConstraintStep
}

/// What happens after a token of a continuation that is held to something.
package enum ConstraintStep: Sendable, Equatable {
  case goesOn
  /// The continuation is complete. The token is part of it unless it is a stop token.
  case ends
  /// What is behind so many tokens is dropped and drawn anew, from the same generator.
  case goesBack(to: Int)
  /// The continuation cannot be what it is held to, and ends unfinished; others go on.
  case givesUp(reason: String)
}
