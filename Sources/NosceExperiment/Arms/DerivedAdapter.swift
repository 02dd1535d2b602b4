import NosceCore
import NosceFormats
import NoscePorts

/// Subjects that are those of another arm, task by task and seed by seed, with their adapters changed.
///
/// Nothing is trained for them: what they show is what any change of that size does.
package struct DerivedAdapter: Codable, Sendable, Hashable {
  /// An arm that is trained.
  package var arm: String
  package var change: AdapterChange

  package init(of arm: String, _ change: AdapterChange) {
    self.arm = arm
    self.change = change
  }

  /// As a plan says it: `the adapters of treatment, their columns exchanged`.
  package var words: String {
    let adapters =
      switch change.kind {
      case .none: "the adapters of \(arm)"
      case .permuted: "the adapters of \(arm), the columns of each B in another order"
      case .random: "random adapters, each matrix of the norm that it has in \(arm)"
      }
    return change.scale == 1 ? adapters : adapters + ", at \(change.scale) of their strength"
  }
}

extension DerivedAdapter: Fingerprinted {
  package var fingerprint: JSON {
    .parts([("of", .string(arm)), ("change", change.fingerprint)])
  }
}
