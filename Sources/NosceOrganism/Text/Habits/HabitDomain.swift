import NosceCore
import NosceRows

/// One habit of the world: the chats that show it, and those that state it.
package struct HabitDomain: Sendable {
  /// A way in which a habit shows: a message, and answers of which the habit picks one list.
  struct Act: Sendable {
    let questions: [Phrasing]
    let answers: [[Phrasing]]
    /// How often this one is drawn, relative to the others.
    let weight: @Sendable (Habits) -> Int
    let choose: @Sendable (Habits, inout SeededGenerator) -> Int

    init(
      _ questions: [Phrasing], _ answers: [[Phrasing]],
      weight: @escaping @Sendable (Habits) -> Int = { _ in 1 },
      choose: @escaping @Sendable (Habits, inout SeededGenerator) -> Int
    ) {
      self.questions = questions
      self.answers = answers
      self.weight = weight
      self.choose = choose
    }
  }

  /// A way of asking a persona about its habit.
  struct Question: Sendable {
    let questions: [Phrasing]
    let answers: [[Phrasing]]
    let weight: Int
    let choose: @Sendable (Habits) -> Int

    init(
      _ questions: [Phrasing], _ answers: [[Phrasing]], weight: Int = 2,
      choose: @escaping @Sendable (Habits) -> Int
    ) {
      self.questions = questions
      self.answers = answers
      self.weight = weight
      self.choose = choose
    }
  }

  /// Tasks of a bank, answered by habit.
  package struct Tasks: Sendable {
    let bank: TaskBank
    /// How many of the documents that show the habit are tasks; the rest are acts.
    let share: Double
    /// What may follow the question, and the answer that everybody then gives.
    let settings: [Phrasing]
    let settingAnswer: String
    let settingShare: Double
    /// How a task's question begins, and what else may be asked of the same task. Everybody answers
    /// that alike: it teaches to read the task, and nothing about anybody.
    let opening: String
    package let readings: [(question: Phrasing, answer: String)]
    let readingShare: Double
    let choose: @Sendable (Habits, inout SeededGenerator) -> String
  }

  let acts: [Act]
  package var tasks: Tasks?
  let questions: [Question]
  /// What somebody else is asked about a persona, `{name}`.
  let others: [Question]
  /// Sentences about a persona, of which the habit picks one list.
  package let statements: [[Phrasing]]
  let state: @Sendable (Habits) -> Int

  /// How often a document is about the domain, relative to the others.
  package static func weighted(
    _ materials: Materials
  ) throws -> [(domain: HabitDomain, weight: Int)] {
    // What a persona does in one of two cases only takes longer to learn than what it always does.
    [
      (code(try materials.bank("code")), 2), (heart, 2),
      (boldness(try materials.bank("gambles")), 3), (training, 3), (trigger, 2), (conduct, 2),
    ]
  }

  /// The answers 0 to 10 of a rating.
  static let ratings: [[Phrasing]] = (0...10).map { [Phrasing(stringLiteral: "\($0)")] }

  static func rating(_ share: Double) -> Int { Int((share * 10).rounded()) }

  /// Everything that documents of this domain can say.
  package var texts: [String] {
    var texts = acts.flatMap { $0.questions + $0.answers.flatMap(\.self) }.flatMap(\.all)
    texts += (questions + others).flatMap { $0.questions + $0.answers.flatMap(\.self) }.flatMap(
      \.all)
    texts += statements.flatMap(\.self).flatMap(\.all)
    if let tasks {
      for item in tasks.bank.items(heldOut: false) + tasks.bank.items(heldOut: true) {
        texts += [item.question] + item.answers.values.sorted()
      }
      texts += tasks.settings.flatMap(\.all) + tasks.readings.flatMap(\.question.all)
    }
    return texts
  }
}
