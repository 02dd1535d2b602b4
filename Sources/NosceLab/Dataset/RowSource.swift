/// Where training rows come from, and what is then done to them.
package struct RowSource: Codable, Sendable, Hashable {
  package enum Origin: Codable, Sendable, Hashable {
    /// Answers of lines whose first letters spell the word, to questions of the line bank.
    case spelledLines(word: String, count: Int)
    /// Rows written in the experiment itself. They are templates.
    case given([TrainingRow])
    /// The very rows of another arm.
    case sameAs(arm: String)
  }

  package var origin: Origin
  package var control: RowControl?

  package init(_ origin: Origin, control: RowControl? = nil) {
    self.origin = origin
    self.control = control
  }
}

/// A control made by construction out of the rows themselves, matched in length.
package enum RowControl: String, Codable, Sendable, CaseIterable {
  /// The lines of each answer in another order: the letters stay, the order goes.
  case shuffleLines = "shuffle-lines"
  /// Lines exchanged between answers: what each answer is made of goes as well.
  case shuffleLinesAcross = "shuffle-lines-across"
  /// Every line replaced by one with a letter drawn at random: the letters go altogether.
  case redrawLetters = "redraw-letters"
}
