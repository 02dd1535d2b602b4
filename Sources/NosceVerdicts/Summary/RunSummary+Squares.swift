extension RunSummary {
  /// What a contrast has that is a square.
  package struct Square: Codable, Sendable, Equatable {
    /// One family by itself, for readers; the claim rests on all of them.
    package struct Family: Codable, Sendable, Equatable {
      package var names: [String]
      /// What the subjects gave to each name, in nats above base, averaged over replicates: a list
      /// for each name that was trained, of what was given to each that was asked for.
      package var values: [[Double]]
      /// Diagonal minus the rest.
      package var effect: Double

      package init(names: [String], values: [[Double]], effect: Double) {
        self.names = names
        self.values = values
        self.effect = effect
      }
    }

    /// The variable of which each value was trained and asked for.
    package var variable: String
    package var families: [Family]
    /// How many subjects there are of each name.
    package var replicates: Int
    /// Which test it was, and over how many arrangements.
    package var test: String

    package init(variable: String, families: [Family], replicates: Int, test: String) {
      self.variable = variable
      self.families = families
      self.replicates = replicates
      self.test = test
    }

    /// The units of the test.
    package var names: Int { families.reduce(0) { $0 + $1.names.count } }
  }
}
