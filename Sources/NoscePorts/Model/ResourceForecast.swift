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
  /// What the judge takes beside it; nil where there is none, or nothing for it to do.
  package var judging: Judging?

  /// What rating the answers takes.
  package struct Judging: Sendable, Hashable {
    package var seconds: Double
    package var bill: WorkBill?

    /// - Parameter forecast: the judge's own, of that work.
    package init(_ work: WorkSample, _ forecast: ResourceForecast) {
      bill = forecast.bill
      let rates = forecast.rates
      if let bill {
        // Elsewhere a request takes its time, however many texts it is about.
        seconds = Double(bill.requests) * rates.perScoredAnswer
      } else {
        seconds =
          work.sampling.reduce(0) { $0 + Double($1.answers) * rates.perSampledAnswer }
          + work.scoring.reduce(0) { sum, scoring in
            sum + Double(scoring.prompts * scoring.request.texts.count) * rates.perScoredAnswer
          }
      }
    }
  }

  package init(
    rates: WorkRates = WorkRates(), peakBytes: Int? = nil, freeBytes: Int? = nil,
    bill: WorkBill? = nil
  ) {
    self.rates = rates
    self.bill = bill
    self.peakBytes = peakBytes
    self.freeBytes = freeBytes
  }

  /// Refuses what is expected to cost more than it may.
  package func checkCost() throws(LabError) {
    try bill?.check()
    try judging?.bill?.check()
    guard var both = bill, let other = judging?.bill, both.isShared, other.isShared else { return }
    both.items += other.items
    try both.check()
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
