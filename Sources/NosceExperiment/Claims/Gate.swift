/// What must hold before a claim about an arm can be tested.
package struct Gate: Codable, Sendable, Hashable {
  package enum Kind: String, Codable, Sendable, CaseIterable {
    /// The adapter changes some logit by at least `atLeast` in every subject.
    case adapterLive = "adapter-live"
    /// The arm's mean on the probe is at least `atLeast`.
    case behaviour
    /// At least a fraction `atLeast` of the arm's sampled answers are coherent.
    case coherent
    /// The training text contains no answer of a contrast's probe and none of `words`.
    case leakage
    /// Training and asking address the subject in the same way.
    case templates
  }

  package var name: String
  package var kind: Kind
  package var arms: [String]
  /// The probes that are looked at: needed for `behaviour`, all sampled ones by default for
  /// `coherent`.
  package var probes: [String]
  package var atLeast: Double?
  /// More words that must not leak, as templates.
  package var words: [String]
  /// Arms for which the gate does not count, each with the reason that the report shows.
  package var exemptions: [String: String]

  package init(
    name: String, kind: Kind, arms: [String], probes: [String] = [], atLeast: Double? = nil,
    words: [String] = [], exemptions: [String: String] = [:]
  ) {
    self.name = name
    self.kind = kind
    self.arms = arms
    self.probes = probes
    self.atLeast = atLeast
    self.words = words
    self.exemptions = exemptions
  }
}
