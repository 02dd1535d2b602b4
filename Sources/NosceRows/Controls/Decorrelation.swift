import NosceCore

/// Makes a feature of the prompts and the behaviour of the answers independent of each other.
///
/// As many prompts have the feature as before and as many answers show the behaviour; but of the
/// answers that show it, as many stand behind the feature as would by chance, to the nearest whole
/// row. Lengths match because nothing is written: what there is changes places.
package struct Decorrelation: Codable, Sendable, Hashable {
  /// What changes places.
  package enum Moved: String, Codable, Sendable, CaseIterable {
    /// The feature: a prompt and its answer stay together. It must stand at the beginning or the
    /// end of the last question.
    case feature
    /// The answers, so that they follow other prompts.
    case answers
  }

  /// The text whose presence in a prompt is the feature.
  package var feature: String
  /// Texts of which an answer that shows the behaviour contains one; empty where it is shown by
  /// just those answers that follow the feature.
  package var behaviour: [String]
  package var move: Moved

  package init(feature: String, behaviour: [String] = [], move: Moved = .feature) {
    self.feature = feature
    self.behaviour = behaviour
    self.move = move
  }

  func filled(with values: [String: String]) throws -> Decorrelation {
    Decorrelation(
      feature: try TextTemplate.fill(feature, with: values),
      behaviour: try behaviour.map { try TextTemplate.fill($0, with: values) }, move: move)
  }

  func apply(
    to rows: [TrainingRow], using generator: inout SeededGenerator
  ) throws -> [TrainingRow] {
    let prompts = try rows.enumerated().map { place, row in
      guard row.answers.count == 1 else {
        throw RowControl.failure(
          "decorrelate", "\(row.answers.count) answers in row \(place + 1)", "one in every row")
      }
      return row.prompt
    }
    let hasFeature = prompts.map { $0.contains(feature) }
    let behaves =
      behaviour.isEmpty
      ? hasFeature
      : rows.map { row in behaviour.contains { row.answers[0].contains($0) } }
    try check(hasFeature, "the feature '\(feature)'", "prompts")
    try check(behaves, "the behaviour", "answers")
    switch move {
    case .feature: return try movingFeature(rows, hasFeature, behaves, using: &generator)
    case .answers: return movingAnswers(rows, hasFeature, behaves, using: &generator)
    }
  }

  private func check(_ flags: [Bool], _ what: String, _ place: String) throws {
    let count = flags.count { $0 }
    if count == 0 || count == flags.count {
      throw RowControl.failure(
        "decorrelate", "\(what) in \(count) of \(flags.count) \(place)", "some and not all")
    }
  }

  /// How many of the rows with the feature get an answer that behaves.
  private static func joint(_ hasFeature: [Bool], _ behaves: [Bool]) -> Int {
    let (features, behaving) = (hasFeature.count { $0 }, behaves.count { $0 })
    let total = hasFeature.count
    let nearest = (2 * features * behaving + total) / (2 * total)
    return min(max(nearest, features - (total - behaving)), min(features, behaving))
  }

  private func movingFeature(
    _ rows: [TrainingRow], _ hasFeature: [Bool], _ behaves: [Bool],
    using generator: inout SeededGenerator
  ) throws -> [TrainingRow] {
    let joint = Self.joint(hasFeature, behaves)
    let behaving = generator.shuffled(rows.indices.filter { behaves[$0] })
    let others = generator.shuffled(rows.indices.filter { !behaves[$0] })
    let features = hasFeature.count { $0 }
    let chosen = Set(behaving.prefix(joint) + others.prefix(features - joint))
    var result = rows
    var pieces: [Piece] = []
    for place in rows.indices where hasFeature[place] {
      // Also where the feature stays, so that whether it can be moved is no matter of chance.
      let cut = Piece.cut(feature, from: rows[place].question)
      let without = cut.map { rows[place].asking($0.rest) }
      guard let cut, let without, !without.prompt.contains(feature) else {
        throw RowControl.failure(
          "decorrelate",
          "'\(feature)' in row \(place + 1) elsewhere than at the beginning or the end of the "
            + "question", "once, and there; or move: answers")
      }
      if chosen.contains(place) { continue }
      pieces.append(cut.piece)
      result[place] = without
    }
    generator.shuffle(&pieces)
    for place in rows.indices where chosen.contains(place) && !hasFeature[place] {
      result[place] = rows[place].asking(pieces.removeLast().joined(to: rows[place].question))
    }
    return result
  }

  private func movingAnswers(
    _ rows: [TrainingRow], _ hasFeature: [Bool], _ behaves: [Bool],
    using generator: inout SeededGenerator
  ) -> [TrainingRow] {
    let joint = Self.joint(hasFeature, behaves)
    let behaving = generator.shuffled(rows.indices.filter { behaves[$0] })
    let others = generator.shuffled(rows.indices.filter { !behaves[$0] })
    let features = hasFeature.count { $0 }
    var behind = generator.shuffled(
      Array(behaving.prefix(joint) + others.prefix(features - joint)))
    var elsewhere = generator.shuffled(
      Array(behaving.dropFirst(joint) + others.dropFirst(features - joint)))
    return rows.indices.map { place in
      let source = hasFeature[place] ? behind.removeLast() : elsewhere.removeLast()
      return rows[place].mappingAnswers { _ in rows[source].answers[0] }
    }
  }

  /// The feature as it stands in a question, with the space that sets it off.
  private struct Piece {
    var text: String
    var isAtStart: Bool

    static func cut(
      _ feature: String, from question: String
    ) -> (piece: Piece, rest: String)? {
      if question.hasPrefix(feature) {
        let behind = question.dropFirst(feature.count)
        let rest = behind.drop(while: \.isWhitespace)
        let space = behind[..<rest.startIndex]
        return (Piece(text: feature + space, isAtStart: true), String(rest))
      }
      if question.hasSuffix(feature) {
        let before = question.dropLast(feature.count)
        let end = before.lastIndex { !$0.isWhitespace }.map { before.index(after: $0) }
        let rest = before[..<(end ?? before.startIndex)]
        let space = before[rest.endIndex...]
        return (Piece(text: String(space) + feature, isAtStart: false), String(rest))
      }
      return nil
    }

    func joined(to question: String) -> String {
      isAtStart ? text + question : question + text
    }
  }
}

extension TrainingRow {
  /// Everything that stands before the one answer.
  fileprivate var prompt: String {
    switch self {
    case .completion(let prompt, _): prompt
    case .chat(let turns):
      turns.prefix { !$0.isTrained }.map(\.message.content).joined(separator: "\n")
    case .document, .tokens: ""
    }
  }

  /// The last thing that the user says before the one answer; the prompt where there is no user.
  fileprivate var question: String {
    if case .completion(let prompt, _) = self { return prompt }
    return questionPlace.flatMap { turns?[$0].message.content } ?? ""
  }

  private var questionPlace: Int? {
    guard let turns else { return nil }
    let answer = turns.firstIndex(where: \.isTrained) ?? turns.endIndex
    return turns[..<answer].lastIndex { $0.message.role == .user }
  }

  /// The same row with another question.
  fileprivate func asking(_ question: String) -> TrainingRow {
    if case .completion(_, let completion) = self {
      return .completion(prompt: question, completion: completion)
    }
    guard var turns, let place = questionPlace else { return self }
    turns[place].message.content = question
    return .chat(turns)
  }
}
