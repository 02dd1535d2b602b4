import NosceCore

/// What a plan comes to where answers are asked of somebody else, who may have a price.
package struct WorkBill: Sendable, Hashable {
  package struct Item: Sendable, Hashable {
    /// The probe.
    package var name: String
    package var requests: Int
    /// Tokens, estimated.
    package var read: Int
    package var written: Int
    /// Nil where no prices are known.
    package var cost: Double?

    package init(name: String, requests: Int, read: Int, written: Int, cost: Double? = nil) {
      self.name = name
      self.requests = requests
      self.read = read
      self.written = written
      self.cost = cost
    }
  }

  package var items: [Item]
  package var currency: String
  /// What all of it may cost.
  package var limit: Double?
  /// Whether others are paid from the same.
  package var isShared: Bool

  package init(
    items: [Item], currency: String, limit: Double? = nil, isShared: Bool = false
  ) {
    self.isShared = isShared
    self.items = items
    self.currency = currency
    self.limit = limit
  }

  /// What one probe comes to; nil where it asks nothing.
  package func words(of probe: String) -> String? {
    let own = items.filter { $0.name == probe }
    return own.isEmpty ? nil : words(own)
  }

  /// What all of it comes to.
  package var words: String { words(items) }

  package var cost: Double? { Self.cost(items) }

  package var requests: Int { items.reduce(0) { $0 + $1.requests } }

  private static func cost(_ items: [Item]) -> Double? {
    items.reduce(0) { sum, item in sum.flatMap { sum in item.cost.map { sum + $0 } } }
  }

  private func words(_ items: [Item]) -> String {
    let requests = items.reduce(0) { $0 + $1.requests }
    let tokens = items.reduce(0) { $0 + $1.read + $1.written }
    let price = Self.cost(items).map { ", \(Self.text($0)) \(currency)" } ?? ""
    return "about \(Counted.text(requests, "request")), \(Self.text(tokens)) tokens\(price)"
  }

  private static func text(_ tokens: Int) -> String {
    switch tokens {
    case ..<10_000: "\(tokens)"
    case ..<10_000_000: "\(tokens / 1000) thousand"
    default: "\(tokens / 1_000_000) million"
    }
  }

  private static func text(_ cost: Double) -> String { "\((cost * 10_000).rounded() / 10_000)" }

  /// Refuses what is expected to cost more than it may, before anything is spent.
  package func check() throws(LabError) {
    guard let limit, let cost, cost > limit else { return }
    throw LabError(
      .refusedDesign,
      "--most-cost: found a plan of about \(Self.text(cost)) \(currency); allowed: \(Self.text(limit)), or "
        + "fewer seeds, probes or arms")
  }
}
