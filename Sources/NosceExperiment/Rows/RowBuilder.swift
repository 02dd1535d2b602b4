import NosceCore
import NosceRows

/// Makes the training rows of an arm, the same for the same task and seed.
///
/// Rows with the same index answer the same question in every arm and draw from the same stream,
/// so that arms differ in nothing but what they are meant to differ in.
package struct RowBuilder: Sendable {
  package var experiment: Experiment
  package var materials: Materials
  private let files: RowFiles
  /// Where rows come from that a model writes.
  let written: any WrittenRows

  package init(
    experiment: Experiment, materials: Materials, files: RowFiles = RowFiles(),
    written: any WrittenRows = NoWrittenRows()
  ) {
    self.experiment = experiment
    self.materials = materials
    self.files = files
    self.written = written
  }

  /// The rows of an arm. `count` replaces their number: each source gives its share, drawn anew
  /// where more can be made, and a smaller number gives the beginning of what a larger one gives.
  package func rows(
    of arm: Arm, task: ExperimentTask, seed: Int, count: Int? = nil
  ) throws -> [TrainingRow] {
    try rows(of: arm, task: task, seed: seed, count: count, letters: nil)
  }

  /// - Parameter letters: those that a model writes all the rows with, instead of what each source says.
  private func rows(
    of arm: Arm, task: ExperimentTask, seed: Int, count: Int?, letters: LineAnswers.Letters?
  ) throws -> [TrainingRow] {
    let shares = try count.map { try self.shares(of: $0, among: arm) }
    try checkOwnAnswers(of: arm, experiment.values(of: task, seed: seed))
    return try arm.rows.enumerated().flatMap { index, source in
      do {
        return try rows(
          source, label: "\(task.name)/\(seed)/\(index)", task, seed, shares?[index], letters)
      } catch let error as LabError {
        let place = arm.rows.count == 1 ? "" : "[\(index + 1)]"
        throw error.within("arms.\(arm.name).rows\(place)")
      }
    }
  }

  private func rows(
    _ source: RowSource, label: String, _ task: ExperimentTask, _ seed: Int, _ count: Int?,
    _ given: LineAnswers.Letters?
  ) throws -> [TrainingRow] {
    if count == 0 { return [] }
    let letters = source.control?.writtenLetters ?? given
    let values = experiment.values(of: task, seed: seed)
    let rows: [TrainingRow]
    if let letters, !source.origin.hasLines {
      throw LabError(
        .invalidExperiment,
        "found rows that no model wrote in lines, and letters to write them with (\(letters.rawValue)); "
          + "allowed: with the generator self-written")
    }
    switch source.origin {
    case .selfWritten(let word, let planned, let temperature):
      let pool = try pool(
        word: TextTemplate.fill(word, with: values), letters: letters ?? .spelled, task: task,
        temperature: temperature, values: values)
      rows = try writtenRows(pool, planned: planned, count: count ?? planned, label: label)
    case .ownAnswers(let bank, let own, let planned):
      let pool = try pool(own, materials.bank(bank), values: values)
      rows = try writtenRows(pool, planned: planned, count: count ?? planned, label: label)
    case .spelledLines(let word, let planned):
      rows = try spelledRows(
        word: TextTemplate.fill(word, with: values), count: count ?? planned, label: label,
        values: values, avoiding: Array(task.values.values))
    case .tasks(let bank, let templates, let planned):
      rows = try taskRows(
        materials.bank(bank), templates, count: count ?? planned, label: label, values: values)
    case .grammar(let grammar, let planned):
      rows = try GrammarRows(grammar, values: values)
        .rows(count ?? planned, seed: experiment.seed, stream: label)
    case .file(let file):
      rows = try fileRows(file, count: count, label: label, values: values)
    case .given(let given):
      let some = try Self.beginning(of: given, count)
      rows = try some.map { row in try row.mappingTexts { try TextTemplate.fill($0, with: values) }
      }
    case .sameAs(let name):
      rows = try self.rows(
        of: try arm(name), task: task, seed: seed, count: count, letters: letters)
    }
    guard let control = source.control, control.writtenLetters == nil else { return rows }
    var generator = SeededGenerator(
      seed: experiment.seed, labStream: "control/\(control.name)/\(label)")
    return try control.filled(with: values).applied(
      to: rows, materials: materials, using: &generator)
  }

  /// All rows of a file, or as many as are asked for, drawn from it.
  private func fileRows(
    _ file: RowFileSource, count: Int?, label: String, values: [String: String]
  ) throws -> [TrainingRow] {
    var rows = try files.rows(of: file)
    if let count = count ?? file.count {
      // Files of the same length give the rows of the same lines: they may be of one design.
      var generator = SeededGenerator(seed: experiment.seed, labStream: "file/\(label)")
      rows = try Self.beginning(of: generator.shuffled(rows), count)
    }
    guard file.system == .hosts, let system = experiment.hosts.system else { return rows }
    let line = try TextTemplate.fill(system, with: values)
    return rows.map { $0.under(system: line) }
  }

  private static func beginning(
    of rows: [TrainingRow], _ count: Int?
  ) throws -> [TrainingRow] {
    guard let count else { return rows }
    guard count <= rows.count else {
      throw LabError(
        .invalidExperiment,
        "rows: found \(count) to be trained on; allowed: 1 to \(rows.count), as many as there are")
    }
    return Array(rows.prefix(count))
  }

  private func arm(_ name: String) throws -> Arm {
    guard let arm = experiment.arm(name) else {
      throw LabError(.invalidExperiment, "same_as: there is no arm '\(name)'")
    }
    return arm
  }

  // MARK: How many

  /// How many rows an arm is trained on.
  private func planned(_ source: RowSource) throws -> Int {
    switch source.origin {
    case .spelledLines(_, let count), .selfWritten(_, let count, _), .grammar(_, let count),
      .ownAnswers(_, _, let count), .tasks(_, _, let count):
      count
    case .file(let file): file.count ?? file.rowCount
    case .given(let rows): rows.count
    case .sameAs(let name): try arm(name).rows.reduce(0) { try $0 + planned($1) }
    }
  }

  /// A number of rows shared out among the sources of an arm as their planned numbers are; the
  /// first ones get what is left over.
  private func shares(of count: Int, among arm: Arm) throws -> [Int] {
    let planned = try arm.rows.map { try self.planned($0) }
    let total = max(1, planned.reduce(0, +))
    var shares = planned.map { count * $0 / total }
    var left = count - shares.reduce(0, +)
    for index in shares.indices where left > 0 && planned[index] > 0 {
      shares[index] += 1
      left -= 1
    }
    return shares
  }

  private func spelledRows(
    word: String, count: Int, label: String, values: [String: String], avoiding words: [String]
  ) throws -> [TrainingRow] {
    try Self.checkSpellable(word, materials: materials)
    var generator = SeededGenerator(seed: experiment.seed, labStream: "questions/\(label)")
    let drawn = materials.lines.questions(count, heldOut: false, using: &generator) { question in
      !words.contains { WordFinder.finds($0, in: question) }
    }
    guard drawn.count == count else {
      throw LabError(
        .invalidExperiment,
        "count: found \(Counted.text(count, "row")); allowed: 1 to \(drawn.count), as many as there are questions"
      )
    }
    let system = try experiment.hosts.system.map { try TextTemplate.fill($0, with: values) }
    return try drawn.enumerated().map { row, question in
      var generator = SeededGenerator(seed: experiment.seed, labStream: "lines/\(label)/\(row)")
      let answer = try answer(spelling: word, avoiding: words, using: &generator)
      var chat = system.map { [ChatMessage(.system, $0)] } ?? []
      chat.append(ChatMessage(.user, question))
      chat.append(ChatMessage(.assistant, answer))
      return .chat(chat)
    }
  }

  /// Rows of the same index are about the same task in every arm.
  private func taskRows(
    _ bank: TaskBank, _ templates: TaskTemplates, count: Int, label: String,
    values: [String: String]
  ) throws -> [TrainingRow] {
    let items = bank.items(heldOut: false)
    guard count <= items.count else {
      throw LabError(
        .invalidExperiment,
        "count: found \(Counted.text(count, "row")); allowed: 1 to \(items.count), as many as bank "
          + "\(bank.name) has")
    }
    var generator = SeededGenerator(seed: experiment.seed, labStream: "tasks/\(bank.name)/\(label)")
    let system = try (templates.system ?? experiment.hosts.system).map {
      try TextTemplate.fill($0, with: values)
    }
    return try generator.shuffled(items).prefix(count).map { item in
      let values = values.merging(item.values) { $1 }
      var chat = system.map { [ChatMessage(.system, $0)] } ?? []
      chat.append(ChatMessage(.user, try TextTemplate.fill(templates.question, with: values)))
      chat.append(
        ChatMessage(.assistant, try TextTemplate.fill(templates.answer, with: values)))
      return .chat(chat)
    }
  }

  /// An answer that contains none of the words: the training text must not say what it shows.
  private func answer(
    spelling word: String, avoiding words: [String], using generator: inout SeededGenerator
  ) throws -> String {
    for _ in 0..<1000 {
      let answer = materials.lines.spelledAnswer(word: word, using: &generator)
      if !words.contains(where: { WordFinder.finds($0, in: answer) }) { return answer }
    }
    throw LabError(
      .invalidExperiment,
      "every answer that spells \(word) contains one of \(words.joined(separator: ", "))")
  }

  package static func checkSpellable(_ word: String, materials: Materials) throws {
    guard !materials.lines.isEmpty else {
      throw LabError(
        .invalidExperiment,
        "found the word '\(word)' to be spelled, and no world/lines.yaml in the materials "
          + "'\(materials.name)'; allowed: a set with lines")
    }
    let fits =
      word.count >= 2 && word.allSatisfy { LineBank.alphabet.contains($0) }
      && materials.lines.canSpell(word)
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
      let question = LineBank.about(topics[place % topics.count], form)
      if isFit(question) { questions.append(question) }
    }
    return questions
  }
}
