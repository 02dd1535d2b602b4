/// How an adapter is made of a trained one, without training.
package struct AdapterChange: Codable, Sendable, Hashable {
  /// What becomes of its factors A and B, of which each matrix is changed by B·A.
  package enum Kind: String, Codable, Sendable, CaseIterable {
    case none
    /// The columns of each B in another order, so that they meet rows of A that they were not trained
    /// with.
    case permuted
    /// Random factors of the same shapes, whose products have the norms of the trained ones.
    case random
  }

  /// What a scale may be.
  package static let scales = 0.0...10.0

  package var kind: Kind
  /// How strongly the adapter counts: 0 leaves the base model, 1 all of it.
  package var scale: Double

  package init(_ kind: Kind = .none, scale: Double = 1) {
    self.kind = kind
    self.scale = scale
  }
}
