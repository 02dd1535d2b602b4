import Synchronization

/// What the answers have cost so far, and whether another one may be paid for.
///
/// What could be paid at most for what is under way is held back, so that the limit is kept whatever
/// comes.
package final class CostMeter: Sendable {
  private struct State {
    var usage = TokenUsage()
    var requests = 0
    var held = 0.0
  }

  package let prices: EndpointSettings.Prices?
  package let limit: Double?
  private let state = Mutex(State())

  package init(_ settings: EndpointSettings) {
    prices = settings.prices
    limit = settings.mostCost
  }

  /// Requests that were answered, and their tokens.
  package var spent: (requests: Int, usage: TokenUsage) {
    state.withLock { ($0.requests, $0.usage) }
  }

  package var cost: Double? { prices.map { $0.cost(spent.usage) } }

  /// Holds back what a request may cost, or refuses it.
  func hold(_ most: TokenUsage) throws(ExchangeFault) {
    guard let prices, let limit else { return }
    let cost = prices.cost(most)
    let refusal: ExchangeFault? = state.withLock { state in
      let spent = prices.cost(state.usage)
      guard spent + state.held + cost <= limit else {
        return ExchangeFault(
          .cost,
          "\(Self.text(spent, prices)) spent, and a request that may cost \(Self.text(cost, prices)) "
            + "beside \(Self.text(state.held, prices)) under way",
          allowed: "\(Self.text(limit, prices)) together (--most-cost)")
      }
      state.held += cost
      return nil
    }
    if let refusal { throw refusal }
  }

  /// Gives back what was held, and counts what was paid; nil where nothing was answered.
  func settle(_ most: TokenUsage, paid: TokenUsage?) {
    state.withLock { state in
      if let prices, limit != nil { state.held = max(0, state.held - prices.cost(most)) }
      guard let paid else { return }
      state.requests += 1
      state.usage += paid
    }
  }

  /// `0.0123 USD`
  package static func text(_ cost: Double, _ prices: EndpointSettings.Prices) -> String {
    let cents = (cost * 10_000).rounded() / 10_000
    return "\(cents) \(prices.currency)"
  }
}
