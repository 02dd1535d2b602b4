import Foundation
import NosceCore

/// Looks through a file of training rows for what would spoil a run, before anything is spent.
package struct DataCheck: Sendable {
  /// The model that is to be trained.
  package struct Model: Sendable {
    package var name: String
    package var maximumTokens: Int
    /// The number of tokens of a row; throws where it cannot be encoded.
    package var tokens: @Sendable (NumberedRow) throws -> Int
    /// The special tokens of the model that stand in a row's own words.
    package var controlTokens: @Sendable (TrainingRow) -> [String]

    package init(
      name: String, maximumTokens: Int, tokens: @escaping @Sendable (NumberedRow) throws -> Int,
      controlTokens: @escaping @Sendable (TrainingRow) -> [String] = { _ in [] }
    ) {
      self.name = name
      self.maximumTokens = maximumTokens
      self.tokens = tokens
      self.controlTokens = controlTokens
    }
  }

  /// Words that must not occur.
  package var words: [String]
  /// The system lines that conversations may have; nil where there is nothing to compare with.
  package var systemLines: [String]?
  package var subject: Model?

  /// A file with more bad lines than this is not read to its end.
  private static let problemLimit = 1000

  package init(words: [String] = [], systemLines: [String]? = nil, subject: Model? = nil) {
    var seen: Set<String> = []
    self.words = words.filter { seen.insert($0.lowercased()).inserted }
    self.systemLines = systemLines
    self.subject = subject
  }

  package func report(on data: Data, file: String) -> DataReport {
    let (rows, problems) = RowFile.scan(data, file: file, problemLimit: Self.problemLimit)
    let (tokens, unfit) = measured(rows)
    var notes: [String] = []
    if problems.count >= Self.problemLimit {
      notes.append("Reading ended after \(Counted.text(problems.count, "bad line")).")
    }
    let unreadable = rows.count { !$0.row.isText }
    if unreadable > 0 {
      notes.append(
        "\(unreadable) rows are token ids: no word was looked for in them, and experiments cannot "
          + "be trained on them.")
    }
    let lengths = rows.filter(\.row.isText).map { row in
      (line: row.line, length: row.row.text.count)
    }
    return DataReport(
      file: file, rows: rows.count,
      forms: Dictionary(rows.map { (Self.form($0.row), 1) }, uniquingKeysWith: +),
      characters: DataReport.Lengths(lengths), tokens: DataReport.Lengths(tokens),
      maximumTokens: subject?.maximumTokens, words: words,
      findings: problems.map(Self.finding) + unfit + duplicates(rows) + leaks(rows)
        + controlTokens(rows) + otherSystemLines(rows), notes: notes)
  }

  private static func form(_ row: TrainingRow) -> String {
    switch row {
    case .chat: "messages"
    case .document: "text"
    case .completion: "completion"
    case .tokens: "tokens"
    }
  }

  private static func finding(_ problem: RowProblem) -> DataReport.Finding {
    let column = problem.column.map { "column \($0): " } ?? ""
    return DataReport.Finding(
      problem.kind == .badLine ? .badLine : .nothingToTrainOn, column + problem.message,
      lines: problem.line.map { [$0] } ?? [])
  }

  // MARK: Tokens

  private func measured(
    _ rows: [NumberedRow]
  ) -> (lengths: [(line: Int, length: Int)], findings: [DataReport.Finding]) {
    guard let subject else { return ([], []) }
    var lengths: [(line: Int, length: Int)] = []
    var findings: [DataReport.Finding] = []
    for row in rows {
      do {
        let length = try subject.tokens(asTrained(row))
        lengths.append((row.line, length))
        if length > subject.maximumTokens {
          findings.append(
            .init(
              .tooLong,
              "found \(length) tokens; allowed: at most \(subject.maximumTokens), the positions of "
                + subject.name, lines: [row.line]))
        }
      } catch {
        let message = "\(error)".replacing("\(row.place): ", with: "")
        findings.append(.init(.template, message, lines: [row.line]))
      }
    }
    return (lengths, findings)
  }

  /// An experiment puts its own system line over conversations that have none.
  private func asTrained(_ row: NumberedRow) -> NumberedRow {
    guard let system = systemLines?.max(by: { $0.count < $1.count }),
      row.row.turns != nil
    else { return row }
    return NumberedRow(file: row.file, line: row.line, row: row.row.under(system: system))
  }

  // MARK: Texts

  private func duplicates(_ rows: [NumberedRow]) -> [DataReport.Finding] {
    var exact: [TrainingRow: [Int]] = [:]
    for row in rows { exact[row.row, default: []].append(row.line) }
    var alike: [TrainingRow: [Int]] = [:]
    for (row, lines) in exact {
      alike[Self.normalised(row), default: []].append(lines[0])
    }
    func findings(
      _ groups: [[Int]], _ kind: DataReport.Finding.Kind, _ message: String
    )
      -> [DataReport.Finding]
    {
      groups.filter { $0.count > 1 }.map { $0.sorted() }.sorted { $0[0] < $1[0] }
        .map { .init(kind, message, lines: $0) }
    }
    return findings(Array(exact.values), .duplicate, "found the same row in several lines")
      + findings(
        Array(alike.values), .nearDuplicate,
        "found rows that differ in capitals and blanks alone")
  }

  private static func normalised(_ row: TrainingRow) -> TrainingRow {
    func plain(_ text: String) -> String {
      text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    return switch row {
    case .chat(let turns):
      .chat(
        turns.map { turn in
          TrainingRow.Turn(
            ChatMessage(turn.message.role, plain(turn.message.content)),
            isTrained: turn.isTrained)
        })
    case .document(let text): .document(plain(text))
    case .completion(let prompt, let completion):
      .completion(prompt: plain(prompt), completion: plain(completion))
    case .tokens: row
    }
  }

  private func leaks(_ rows: [NumberedRow]) -> [DataReport.Finding] {
    Leakage.found(words, in: rows.map(\.row)).map { leak in
      .init(
        .leak, "found '\(leak.word)' in \(Counted.text(leak.rows.count, "row")); allowed: in none",
        lines: leak.rows.map { rows[$0].line })
    }
  }

  /// Where a row's words hold a special token, the model reads a turn that ends or begins there.
  private func controlTokens(_ rows: [NumberedRow]) -> [DataReport.Finding] {
    guard let subject else { return [] }
    var lines: [String: [Int]] = [:]
    for row in rows {
      for token in subject.controlTokens(row.row) { lines[token, default: []].append(row.line) }
    }
    return lines.sorted { ($0.value[0], $0.key) < ($1.value[0], $1.key) }.map { token, lines in
      .init(
        .controlToken,
        "found '\(token)', a special token of \(subject.name), in \(lines.count) "
          + "\(lines.count == 1 ? "row" : "rows"); allowed: words, and at the end of a text or a "
          + "completion the token that ends it",
        lines: lines)
    }
  }

  private func otherSystemLines(_ rows: [NumberedRow]) -> [DataReport.Finding] {
    guard let systemLines else { return [] }
    var lines: [[String]: [Int]] = [:]
    for row in rows {
      let found = row.row.chat?.filter { $0.role == .system }.map(\.content) ?? []
      if found.isEmpty || found.count == 1 && systemLines.contains(found[0]) { continue }
      lines[found, default: []].append(row.line)
    }
    let allowed =
      systemLines.isEmpty
      ? "none, as in the experiment"
      : "that of the experiment, such as '\(systemLines[0].prefix(60))', or none"
    return lines.sorted { $0.value[0] < $1.value[0] }.map { found, lines in
      let text = found.map { "'\($0.prefix(60))'" }.joined(separator: " and ")
      return .init(
        .systemLine,
        "found the system line \(text) in \(Counted.text(lines.count, "row")); allowed: \(allowed)",
        lines: lines)
    }
  }
}
