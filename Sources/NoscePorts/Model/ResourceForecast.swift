import NosceCore

/// What a plan takes on one machine, measured there before it begins.
package struct ResourceForecast: Sendable, Hashable {
  package var rates: WorkRates
  /// The largest memory that the run needs, in bytes; nil where the backend does not know.
  package var peakBytes: Int?
  /// What the machine has free now.
  package var freeBytes: Int?
  /// What is asked of somebody else; nil where everything is computed here.
  package var bill: WorkBill?

  package init(
    rates: WorkRates = WorkRates(), peakBytes: Int? = nil, freeBytes: Int? = nil,
    bill: WorkBill? = nil
  ) {
    self.rates = rates
    self.bill = bill
    self.peakBytes = peakBytes
    self.freeBytes = freeBytes
  }

  /// Refuses a run that would not fit before anything is spent on it.
  package func checkMemory() throws(LabError) {
    guard let peakBytes, let freeBytes, peakBytes > freeBytes else { return }
    throw LabError(
      .backend,
      "the run needs about \(Self.text(peakBytes)) of memory, and \(Self.text(freeBytes)) are free; "
        + "allowed: fewer or shorter rows in a step, a lower rank, or a smaller model")
  }

  package static func text(_ bytes: Int) -> String {
    bytes < 1_000_000_000
      ? "\((bytes + 999_999) / 1_000_000) MB"
      : "\((Double(bytes) / 1e8).rounded() / 10) GB"
  }
}
