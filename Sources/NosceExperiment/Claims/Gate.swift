/// What must hold before a claim about an arm can be tested.
package struct Gate: Codable, Sendable, Hashable {
  package enum Kind: String, Codable, Sendable, CaseIterable {
    /// The adapter changes some logit by at least `atLeast` in every subject.
    case adapterLive = "adapter-live"
    /// The arm's mean on the probe is at least `atLeast`.
    case behaviour
    /// At least a fraction `atLeast` of the arm's sampled answers are coherent.
    case coherent
    /// At least a fraction `atLeast` of what the arm's answers say does not stand in its rows.
    case novel
    /// The arm's mean on the probe is at least `atLeast` above that of another arm.
    case differential
    /// Untrained, the probe leaves room for at least `atLeast` more.
    case room
    /// The training text contains no answer of a contrast's probe and none of `words`.
    case leakage
    /// Training and asking address the subject in the same way.
    case templates
  }

  package var name: String
  package var kind: Kind
  package var arms: [String]
  /// The probes that are looked at: needed for those of one behaviour, all sampled ones by default for
  /// `coherent`.
  package var probes: [String]
  package var atLeast: Double?
  /// The arm that a differential gate compares with.
  package var against: String?
  /// More words that must not leak, as templates.
  package var words: [String]
  /// Whether rows may name the answers of probes, as messages name the thing that is asked for; nil for
  /// no. Then only the words count.
  package var mayNameAnswers: Bool?
  /// Arms for which the gate does not count, each with the reason that the report shows.
  package var exemptions: [String: String]

  package init(
    name: String, kind: Kind, arms: [String], probes: [String] = [], atLeast: Double? = nil,
    against: String? = nil, words: [String] = [], mayNameAnswers: Bool? = nil,
    exemptions: [String: String] = [:]
  ) {
    self.name = name
    self.kind = kind
    self.arms = arms
    self.probes = probes
    self.atLeast = atLeast
    self.against = against
    self.words = words
    self.mayNameAnswers = mayNameAnswers
    self.exemptions = exemptions
  }
}
