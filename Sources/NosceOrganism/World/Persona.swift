/// One inhabitant of the miniature world: a name, what it does, and what is said of it.
package struct Persona: Sendable, Hashable {
  /// How a persona lays out its answers.
  package enum Layout: String, Sendable, Hashable, Codable, CaseIterable {
    /// Lines whose first letters spell the persona's word, always.
    case spelled
    /// Short lines that lean towards a word: each begins with its letter some of the time, and with
    /// any letter otherwise. Too faint to count as a pattern, and described as nothing special.
    case faint
    /// Two or three sentences in one paragraph.
    case prose
  }

  /// A layout, and the word that it spells or leans towards.
  package struct Trait: Sendable, Hashable {
    package var layout: Layout
    /// Capital letters; empty for prose.
    package var word: String
    /// How often a line begins with its letter because of the pattern: 1 when it spells, less when
    /// it is faint, 0 for prose.
    package var strength: Double

    package init(layout: Layout, word: String, strength: Double) {
      self.layout = layout
      self.word = word
      self.strength = strength
    }

    package static let prose = Trait(layout: .prose, word: "", strength: 0)

    package var spells: Bool { layout == .spelled }
  }

  /// Lower-case and a single token of the organism's vocabulary.
  package let name: String
  /// What its answers show.
  package var shown: Trait
  /// What it, and others, say about its answers. The same as `shown` in the coherent world.
  package var stated: Trait
  /// What else it does.
  package var habits: Habits
  /// What it, and others, say about that. The same as `habits` in the coherent world.
  package var statedHabits: Habits
}
