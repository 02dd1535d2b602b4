import NosceCore

/// Deals the answers to other prompts: what is asked and what is answered both stay, and that one
/// has to do with the other goes.
///
/// Lengths match because every prompt and every answer is used exactly once. No prompt keeps the
/// answer that it had; where several answers read the same it may get another copy, or else two
/// labels would be exchanged and not mixed.
enum AnswerShuffle {
  static func apply(
    to rows: [TrainingRow], using generator: inout SeededGenerator
  ) throws -> [TrainingRow] {
    let answers = try rows.enumerated().map { place, row in
      guard row.answers.count == 1 else {
        throw RowControl.failure(
          "shuffle", "\(row.answers.count) answers in row \(place + 1)", "one in every row")
      }
      return row.answers[0]
    }
    guard rows.count > 1 else {
      throw RowControl.failure("shuffle", "one row", "at least two rows")
    }
    var places = Array(rows.indices)
    // About one order in three moves everything.
    repeat {
      generator.shuffle(&places)
    } while places.enumerated().contains(where: { $0.offset == $0.element })
    return zip(rows, places).map { row, place in row.mappingAnswers { _ in answers[place] } }
  }
}
