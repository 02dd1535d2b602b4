import NoscePorts
import Synchronization

/// What the answers of one endpoint have cost so far, and whether another one may be paid for.
package final class CostMeter: Sendable {
  private struct State {
    var usage = TokenUsage()
    var requests = 0
    /// What trainings cost that were ordered.
    var trained = 0.0
  }

  package let prices: EndpointSettings.Prices?
  /// What it may cost, be it alone or with other models; nil where there is no limit.
  package let purse: Purse?
  /// Whether others are paid from it.
  package let isShared: Bool
  private let state = Mutex(State())

  /// - Parameter purse: what it is paid from beside others; nil for what the settings say.
  package init(_ settings: EndpointSettings, from purse: Purse? = nil) {
    prices = settings.prices
    self.purse = purse ?? settings.mostCost.map { Purse(limit: $0) }
    isShared = purse != nil
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
    guard let prices, let purse else { return }
    try hold(prices.cost(most), "a request", prices, purse)
  }

  private func hold(
    _ cost: Double, _ what: String, _ prices: EndpointSettings.Prices, _ purse: Purse
  ) throws(ExchangeFault) {
    guard let there = purse.hold(cost) else { return }
    throw ExchangeFault(
      .cost,
      "\(Self.text(there.spent, prices)) spent, and \(what) that may cost \(Self.text(cost, prices)) "
        + "beside \(Self.text(there.held, prices)) under way",
      allowed: "\(Self.text(purse.limit, prices)) together (--most-cost)")
  }

  /// Counts a training that is ordered, or refuses it.
  func order(tokens: Int) throws(ExchangeFault) {
    guard let prices else { return }
    guard let price = prices.training else {
      if purse == nil { return }
      throw ExchangeFault(
        .cost, "a training, and no price of one beside a limit of costs",
        allowed: "prices with `training`, for a million tokens")
    }
    let cost = Double(tokens) * price / 1e6
    if let purse {
      try hold(cost, "a training", prices, purse)
      purse.settle(held: cost, paid: cost)
    }
    state.withLock { $0.trained += cost }
  }

  /// Gives back what was held, and counts what was paid; nil where nothing was answered.
  func settle(_ most: TokenUsage, paid: TokenUsage?) {
    if let prices {
      purse?.settle(held: prices.cost(most), paid: paid.map(prices.cost) ?? 0)
    }
    guard let paid else { return }
    state.withLock { state in
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
