import NosceCore
import Synchronization

/// What models that are paid for may cost together, and what they have cost.
///
/// What could be paid at most for what is under way is held back, so that the limit is kept whatever
/// comes.
package final class Purse: Sendable {
  /// What there is, where something is refused.
  package struct Standing: Sendable, Hashable {
    package var spent: Double
    package var held: Double
  }

  private struct State {
    var standing = Standing(spent: 0, held: 0)
    /// The currency of whoever has prices; one purse has one.
    var currency: String?
  }

  package let limit: Double
  private let state = Mutex(State())

  package init(limit: Double) { self.limit = limit }

  package var standing: Standing { state.withLock(\.standing) }

  /// Counts in a currency from now on; another one is refused.
  package func count(in currency: String, of place: String) throws(LabError) {
    let other: String? = state.withLock { state in
      if let own = state.currency, own != currency { return own }
      state.currency = currency
      return nil
    }
    if let other {
      throw LabError(
        .invalidExperiment,
        "--most-cost: found prices of \(place) in \(currency) beside others in \(other); allowed: one "
          + "currency")
    }
  }

  /// Holds back what something may cost; where that would be too much, says what there is.
  package func hold(_ cost: Double) -> Standing? {
    state.withLock { state in
      let standing = state.standing
      if standing.spent + standing.held + cost > limit { return standing }
      state.standing.held += cost
      return nil
    }
  }

  /// Gives back what was held, and counts what was paid.
  package func settle(held: Double, paid: Double) {
    state.withLock { state in
      state.standing.held = max(0, state.standing.held - held)
      state.standing.spent += paid
    }
  }
}
