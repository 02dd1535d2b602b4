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
    /// What trainings cost that were ordered.
    var trained = 0.0
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

  package var cost: Double? {
    prices.map { prices in state.withLock { prices.cost($0.usage) + $0.trained } }
  }

  /// Holds back what a request may cost, or refuses it.
  func hold(_ most: TokenUsage) throws(ExchangeFault) {
    guard let prices, let limit else { return }
    let cost = prices.cost(most)
    let refusal: ExchangeFault? = state.withLock { state in
      let refusal = Self.refusal(of: cost, "a request", state, prices, limit)
      if refusal == nil { state.held += cost }
      return refusal
    }
    if let refusal { throw refusal }
  }

  private static func refusal(
    of cost: Double, _ what: String, _ state: State, _ prices: EndpointSettings.Prices,
    _ limit: Double
  ) -> ExchangeFault? {
    let spent = prices.cost(state.usage) + state.trained
    if spent + state.held + cost <= limit { return nil }
    return ExchangeFault(
      .cost,
      "\(text(spent, prices)) spent, and \(what) that may cost \(text(cost, prices)) beside "
        + "\(text(state.held, prices)) under way",
      allowed: "\(text(limit, prices)) together (--most-cost)")
  }

  /// Counts a training that is ordered, or refuses it.
  func order(tokens: Int) throws(ExchangeFault) {
    guard let prices else { return }
    let cost = Double(tokens) * prices.training / 1e6
    let refusal: ExchangeFault? = state.withLock { state in
      let refusal = limit.flatMap { Self.refusal(of: cost, "a training", state, prices, $0) }
      if refusal == nil { state.trained += cost }
      return refusal
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
