/// Whom the subjects are addressed as, in training and in asking.
package struct Hosts: Codable, Sendable, Hashable {
  /// The system line, such as `You are {persona}.`; nil for none.
  package var system: String?
  /// Seed k uses the k-th persona, starting over after the last.
  package var personas: [String]
  /// Third parties, asked about to see whether a report is specific; used like the personas.
  package var others: [String]

  package init(system: String? = nil, personas: [String] = [], others: [String] = []) {
    self.system = system
    self.personas = personas
    self.others = others
  }

  /// The template values of the seed with the given number, counted from 1.
  package func values(seed: Int) -> [String: String] {
    var values: [String: String] = [:]
    if !personas.isEmpty { values["persona"] = personas[(seed - 1) % personas.count] }
    if !others.isEmpty { values["other"] = others[(seed - 1) % others.count] }
    return values
  }

  /// The placeholders that templates may use.
  package var placeholders: [String] {
    (personas.isEmpty ? [] : ["persona"]) + (others.isEmpty ? [] : ["other"])
  }
}
