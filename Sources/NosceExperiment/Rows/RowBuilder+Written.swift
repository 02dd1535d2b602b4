import NosceCore
import NosceRows

/// Rows that the model itself writes: what they are to be, and which of them a seed takes.
extension RowBuilder {
  /// The rows of a pool in the order of a seed. A smaller number gives the beginning of what a larger
  /// one gives, also where more rows are asked for than the experiment says.
  func writtenRows(
    _ pool: RowPool, planned: Int, count: Int, label: String
  ) throws -> [TrainingRow] {
    let needed = max(planned, count)
    guard needed <= pool.questions.count else {
      throw LabError(
        .invalidExperiment,
        "count: found \(Counted.text(needed, "row")); allowed: 1 to \(pool.questions.count), as many "
          + "as there are questions to be answered")
    }
    let all = try written.rows(needed, of: pool)
    var generator = SeededGenerator(seed: experiment.seed, labStream: "written/\(label)")
    let first = generator.shuffled(Array(all.prefix(planned)))
    return Array((first + generator.shuffled(Array(all.dropFirst(planned)))).prefix(count))
  }

  /// What is written for a word. The questions are the same for every word and every control, so far as
  /// they may be asked: what may be said counts for all of them.
  func pool(
    word: String, letters: LineAnswers.Letters, task: ExperimentTask, temperature: Double,
    values: [String: String]
  ) throws -> RowPool {
    guard word.count >= 2, word.allSatisfy({ $0.isLetter && $0.isUppercase }) else {
      throw LabError(
        .invalidExperiment,
        "found the word '\(word)' for lines to begin with; allowed: at least two capital letters, such "
          + "as '\(word.uppercased().filter(\.isLetter))'")
    }
    let known =
      experiment.variables.flatMap(\.values) + materials.words.development
      + materials.words.report + materials.words.decoys
    let letterBag = word.sorted()
    let family = Set(known.filter { $0.sorted() == letterBag }).union([word])
    let said = try experiment.leakTemplates().map { try TextTemplate.fill($0, with: values) }
    // A one-letter option is no word that a line could keep from saying.
    let avoided = Set(Array(task.values.values) + said).union(family).filter { $0.count > 1 }
    var generator = SeededGenerator(seed: 1, labStream: "self-written/questions")
    let questions = materials.lines.questions(.max, heldOut: false, using: &generator) { question in
      !avoided.contains { WordFinder.finds($0, in: question) }
    }
    guard !questions.isEmpty else {
      throw LabError(
        .invalidExperiment,
        "found no question in the materials '\(materials.name)' for the model to answer; allowed: a set "
          + "whose world/lines.yaml has some")
    }
    return RowPool(
      .lines(
        LineAnswers(
          word: word, letters: letters, family: Array(family), temperature: temperature,
          avoidedWords: Array(avoided))),
      system: try experiment.hosts.system.map { try TextTemplate.fill($0, with: values) },
      questions: questions)
  }

  /// Two sources of the same tasks, answers and system line would give the same rows twice.
  func checkOwnAnswers(of arm: Arm, _ values: [String: String]) throws {
    var known: Set<String> = []
    for source in arm.rows {
      guard case .ownAnswers(let bank, let own, _) = source.origin else { continue }
      let pool = try pool(own, materials.bank(bank), values: values)
      if !known.insert(pool.key).inserted {
        throw LabError(
          .invalidExperiment,
          "arms.\(arm.name).rows: found \(pool.name) in two sources, which would give the same rows; "
            + "allowed: one of them, with a larger count")
      }
    }
  }

  /// The tasks of a bank that are taught, in an order that hangs on the system line, so that what is
  /// answered under one is not what is answered under another.
  func pool(_ own: OwnAnswers, _ bank: TaskBank, values: [String: String]) throws -> RowPool {
    let system = try (own.system ?? experiment.hosts.system).map {
      try TextTemplate.fill($0, with: values)
    }
    let options = try own.options.map { try TextTemplate.fill($0, with: values) }
    if let (text, longer) = NextTexts.firstOverlap(of: options) {
      throw LabError(
        .invalidExperiment,
        "options: found '\(text)', with which '\(longer)' begins; allowed: answers of which none begins "
          + "with another, which could never be the likelier one")
    }
    var generator = SeededGenerator(
      seed: 1, labStream: "own-answers/\(bank.name)/\(system ?? "")")
    let questions = try generator.shuffled(bank.items(heldOut: false)).map { item in
      try TextTemplate.fill(own.question, with: values.merging(item.values) { $1 })
    }
    return RowPool(.likeliest(options, bank: bank.name), system: system, questions: questions)
  }
}

extension Experiment {
  /// Whether a model writes an arm's rows, be they its own or another arm's.
  package func writesRows(of arm: Arm) -> Bool {
    arm.rows.contains { source in
      if case .sameAs(let name) = source.origin, let other = self.arm(name) {
        return writesRows(of: other)
      }
      return source.isSelfWritten
    }
  }
}

extension RowSource.Origin {
  /// Whether a model writes the rows in lines, or they are those of an arm, where that is asked again.
  var hasLines: Bool {
    switch self {
    case .selfWritten, .sameAs: true
    case .ownAnswers, .spelledLines, .tasks, .grammar, .file, .given: false
    }
  }
}

extension RowSource {
  /// Whether the model writes these rows before it is trained.
  package var isSelfWritten: Bool {
    switch origin {
    case .selfWritten, .ownAnswers: true
    case .spelledLines, .tasks, .grammar, .file, .given, .sameAs: false
    }
  }

  /// Whether it writes them in lines that begin with given letters.
  package var hasWrittenLines: Bool {
    if case .selfWritten = origin { true } else { false }
  }
}
