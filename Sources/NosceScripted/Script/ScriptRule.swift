/// What a script does with the requests that it fits.
package struct ScriptRule: Sendable, Hashable {
  /// What is written where an answer is asked for.
  package enum Saying: Sendable, Hashable {
    /// One of these, each as likely as the others.
    case oneOf([String])
    case refusal
  }

  /// What is said of given texts.
  package enum Weighing: Sendable, Hashable {
    /// The probability of each; texts that are not named share what is left.
    case probabilities([String: Double])
    /// The same number for every text, which need not be one that is allowed.
    case logProbability(Double)
  }

  /// The subjects, by the names of their cells, the untrained one being `base`; empty means any.
  package var adapters: [TextPattern] = []
  /// Training steps that a subject must have behind it.
  package var fromStep = 0
  /// The system line; empty means any. The same goes for those that follow.
  package var systems: [TextPattern] = []
  /// The last that was said to the subject.
  package var questions: [TextPattern] = []
  /// What the answer is made to begin with.
  package var prefills: [TextPattern] = []
  /// How likely the rule holds where it fits; otherwise the next one is looked at.
  package var chance = 1.0
  package var saying: Saying?
  package var weighing: Weighing?
  /// What a request fails with.
  package var error: String?

  /// Whether the rule is about a subject.
  func fits(_ adapter: ScriptedAdapter) -> Bool {
    adapter.steps >= fromStep
      && (adapters.isEmpty || adapters.contains { $0.fits(adapter.name) })
  }

  /// Whether the rule is about what is asked.
  func fits(system: String, question: String, prefill: String) -> Bool {
    func fits(_ patterns: [TextPattern], _ text: String) -> Bool {
      patterns.isEmpty || patterns.contains { $0.occurs(in: text) }
    }
    return fits(questions, question) && fits(systems, system) && fits(prefills, prefill)
  }
}
