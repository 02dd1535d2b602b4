import NosceCore

/// Destroys the pattern in answers made of lines and keeps their form: the same number of rows,
/// the same questions, the same number of lines in each answer.
package struct LineControl: Sendable {
  package var materials: Materials

  package init(materials: Materials) { self.materials = materials }

  package func apply(
    _ control: RowControl, to rows: [TrainingRow], using generator: inout SeededGenerator
  ) throws -> [TrainingRow] {
    let answers = try rows.map(Self.lines)
    let changed: [[String]]
    switch control {
    case .shuffleLines:
      changed = answers.map { Self.reordered($0, using: &generator) }
    case .shuffleLinesAcross:
      guard rows.count > 1 else {
        throw LabError(
          .invalidExperiment,
          "control: found shuffle-lines-across with one row; allowed: at least two rows")
      }
      changed = Self.exchanged(answers, using: &generator)
    case .redrawLetters:
      changed = try answers.map { lines in
        guard
          let drawn = materials.lines.plainLines(
            count: lines.count, avoiding: materials.words, using: &generator)
        else {
          throw RowControl.failure(
            control.name, "materials '\(materials.name)' without enough lines of each letter",
            "a set whose world/lines.yaml has them")
        }
        return drawn.split(separator: "\n").map(String.init)
      }
    case .reorderLetters, .keepFirstLetter, .freeLetters, .shuffle, .reverse, .flip, .decorrelate,
      .relabel:
      throw RowControl.failure(control.name, "it in place of a control of lines", "shuffle-lines")
    }
    return zip(rows, changed).map(Self.replacing)
  }

  /// The first letters of the lines of a row's answer.
  package static func initials(of row: TrainingRow) throws -> String {
    initials(try lines(of: row))
  }

  private static func initials(_ lines: [String]) -> String {
    String(lines.compactMap(\.first))
  }

  private static func lines(of row: TrainingRow) throws -> [String] {
    guard let last = row.turns?.last, last.isTrained else {
      throw LabError(
        .invalidExperiment,
        "control: found a row without a last assistant turn; allowed: rows that answer in lines")
    }
    return last.message.content.split(separator: "\n", omittingEmptySubsequences: false).map(
      String.init)
  }

  private static func replacing(_ row: TrainingRow, by lines: [String]) -> TrainingRow {
    guard case .chat(var turns) = row, !turns.isEmpty else { return row }
    turns[turns.count - 1].message.content = lines.joined(separator: "\n")
    return .chat(turns)
  }

  /// The lines in an order whose first letters read differently, where there is one.
  private static func reordered(
    _ lines: [String], using generator: inout SeededGenerator
  ) -> [String] {
    let word = initials(lines)
    guard Set(word).count > 1 else { return generator.shuffled(lines) }
    var shuffled = lines
    repeat { generator.shuffle(&shuffled) } while initials(shuffled) == word
    return shuffled
  }

  /// All lines dealt out anew; of many deals the first in which no answer keeps its letters, or
  /// the one in which fewest do.
  private static func exchanged(
    _ answers: [[String]], using generator: inout SeededGenerator
  ) -> [[String]] {
    let letters = answers.map { initials($0).sorted() }
    var pool = answers.flatMap { $0 }
    var best = answers
    var fewest = Int.max
    for _ in 0..<1000 {
      generator.shuffle(&pool)
      var rest = pool[...]
      let dealt = answers.map { answer in
        defer { rest = rest.dropFirst(answer.count) }
        return Array(rest.prefix(answer.count))
      }
      let kept = zip(dealt, letters).count { initials($0).sorted() == $1 }
      if kept < fewest { (best, fewest) = (dealt, kept) }
      if fewest == 0 { break }
    }
    return best
  }
}
