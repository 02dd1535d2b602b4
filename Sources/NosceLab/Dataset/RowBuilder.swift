import NosceStatistics

/// Makes the training rows of an arm, the same for the same task and seed.
///
/// Rows with the same index answer the same question in every arm and draw from the same stream,
/// so that arms differ in nothing but what they are meant to differ in.
package struct RowBuilder: Sendable {
  package var experiment: Experiment
  package var bank: LineBank

  package init(experiment: Experiment, bank: LineBank = .standard) {
    self.experiment = experiment
    self.bank = bank
  }

  /// The rows of an arm. `count` replaces the number of generated rows; a smaller number gives
  /// the beginning of what a larger one gives.
  package func rows(
    of arm: Arm, task: ExperimentTask, seed: Int, count: Int? = nil
  ) throws -> [TrainingRow] {
    try arm.rows.enumerated().flatMap { index, source in
      try rows(source, label: "\(task.name)/\(seed)/\(index)", task, seed, count)
    }
  }

  private func rows(
    _ source: RowSource, label: String, _ task: ExperimentTask, _ seed: Int, _ count: Int?
  ) throws -> [TrainingRow] {
    let values = task.values.merging(experiment.hosts.values(seed: seed)) { $1 }
    let rows: [TrainingRow]
    switch source.origin {
    case .spelledLines(let word, let planned):
      rows = try spelledRows(
        word: Template.fill(word, with: values), count: count ?? planned, label: label,
        values: values, avoiding: Array(task.values.values))
    case .given(let given):
      rows = try given.map { try fill($0, with: values) }
    case .sameAs(let name):
      guard let arm = experiment.arm(name) else {
        throw LabError(.invalidExperiment, "same_as: there is no arm '\(name)'")
      }
      rows = try self.rows(of: arm, task: task, seed: seed, count: count)
    }
    guard let control = source.control else { return rows }
    var generator = SeededGenerator(
      seed: experiment.seed, stream: "control/\(control.rawValue)/\(label)")
    return try LineControl(bank: bank).apply(control, to: rows, using: &generator)
  }

  private func spelledRows(
    word: String, count: Int, label: String, values: [String: String], avoiding words: [String]
  ) throws -> [TrainingRow] {
    try Self.checkSpellable(word, bank: bank)
    var generator = SeededGenerator(seed: experiment.seed, stream: "questions/\(label)")
    let drawn = bank.questions(count, heldOut: false, using: &generator) { question in
      !words.contains { WordFinder.finds($0, in: question) }
    }
    guard drawn.count == count else {
      throw LabError(
        .invalidExperiment,
        "count: found \(count) rows; allowed: 1 to \(drawn.count), as many as there are questions")
    }
    let system = try experiment.hosts.system.map { try Template.fill($0, with: values) }
    return try drawn.enumerated().map { row, question in
      var generator = SeededGenerator(seed: experiment.seed, stream: "lines/\(label)/\(row)")
      let answer = try answer(spelling: word, avoiding: words, using: &generator)
      var chat = system.map { [ChatMessage(.system, $0)] } ?? []
      chat.append(ChatMessage(.user, question))
      chat.append(ChatMessage(.assistant, answer))
      return .chat(chat)
    }
  }

  /// An answer that contains none of the words: the training text must not say what it shows.
  private func answer(
    spelling word: String, avoiding words: [String], using generator: inout SeededGenerator
  ) throws -> String {
    for _ in 0..<1000 {
      let answer = bank.spelledAnswer(word: word, using: &generator)
      if !words.contains(where: { WordFinder.finds($0, in: answer) }) { return answer }
    }
    throw LabError(
      .invalidExperiment,
      "every answer that spells \(word) contains one of \(words.joined(separator: ", "))")
  }

  private func fill(_ row: TrainingRow, with values: [String: String]) throws -> TrainingRow {
    switch row {
    case .document(let text): .document(try Template.fill(text, with: values))
    case .chat(let chat):
      .chat(
        try chat.map { ChatMessage($0.role, try Template.fill($0.content, with: values)) })
    }
  }

  package static func checkSpellable(_ word: String, bank: LineBank) throws {
    let fits =
      word.count >= 2 && word.allSatisfy { LineBank.alphabet.contains($0) } && bank.canSpell(word)
    if !fits {
      throw LabError(
        .invalidExperiment,
        "found the word '\(word)' to be spelled; allowed: at least two capital letters A to Z, "
          + "few of them alike, such as '\(word.uppercased().filter { $0.isASCII && $0.isLetter })'"
      )
    }
  }
}

extension LineBank {
  /// So many different questions that satisfy a condition, or all there are: those for training,
  /// or those held out.
  package func questions(
    _ count: Int, heldOut: Bool, using generator: inout SeededGenerator,
    where isFit: (String) -> Bool = { _ in true }
  ) -> [String] {
    let forms = heldOut ? heldOutQuestionForms : questionForms
    let topics = heldOut ? heldOutTopics : self.topics
    var questions: [String] = []
    for place in generator.shuffled(Array(0..<forms.count * topics.count)) {
      if questions.count == count { break }
      let form = forms[place / topics.count]
      let question = LineBank.filled(form, with: topics[place % topics.count])
      if isFit(question) { questions.append(question) }
    }
    return questions
  }
}
