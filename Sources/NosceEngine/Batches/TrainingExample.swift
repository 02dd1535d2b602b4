/// One sequence to learn from, and which of its tokens count in the loss.
package struct TrainingExample: Sendable, Equatable {
  package var tokens: [Int32]
  /// Whether token i is to be predicted from those before it. The first never can be.
  package var isTarget: [Bool]

  package init(tokens: [Int32], isTarget: [Bool]) {
    precondition(tokens.count == isTarget.count, "a flag for each token")
    self.tokens = tokens
    self.isTarget = isTarget
  }

  /// Every token but the first counts.
  package init(tokens: [Int32]) {
    self.init(tokens: tokens, isTarget: tokens.indices.map { $0 > 0 })
  }

  package var targetCount: Int { isTarget.dropFirst().count { $0 } }

  /// How many tokens the model has to read: those behind the last target teach nothing.
  var inputCount: Int { isTarget.dropFirst().lastIndex(of: true) ?? 0 }
}
