import NosceCore
import NosceExperiment
import NosceRows

/// What writes rows where an experiment names a generator.
package enum RowGenerator: String, CaseIterable {
  case spelledLines = "spelled-lines"
  case selfWritten = "self-written"
  case ownAnswers = "own-answers"
  case tasks
  case grammar

  package var meaning: String {
    switch self {
    case .spelledLines: "Answers of lines whose first letters spell `word`, to different questions."
    case .selfWritten:
      "Answers of lines whose first letters spell `word`, which the model writes itself before it is "
        + "trained, to different questions."
    case .ownAnswers:
      "Different tasks of a bank, each with the one of `options` that the untrained model finds likeliest."
    case .tasks: "Different tasks of a bank, none of which a probe holds out."
    case .grammar: "Rows drawn from slots and alternatives."
    }
  }
}

/// Where the rows of an arm come from, and what controls are made of them.
extension KeyTable {
  private static let spelled = RowGenerator.spelledLines.rawValue
  private static let written = RowGenerator.selfWritten.rawValue
  private static let own = RowGenerator.ownAnswers.rawValue
  private static let tasks = RowGenerator.tasks.rawValue
  private static let grammar = RowGenerator.grammar.rawValue
  private static let turns = FileValues.list(.mapping("turn"))

  package static let rows = KeyTable(
    "rows", place: "`rows` of an arm, and each item where that is a list",
    "A source of rows: exactly one of the keys that lead, and the settings that stand with it.",
    keys: [
      FileKey(
        "generator", .oneOf(RowGenerator.self), .nothing, leads: true,
        "Rows that Nosce writes."),
      FileKey(
        "file", .described("a path, from the folder of the experiment", .text), .nothing,
        leads: true, "Rows of a file of JSON Lines."),
      FileKey(
        "same_as", .name("arm"), .nothing, leads: true,
        "The very rows of another arm that has rows of its own."),
      FileKey(
        "chats", .list(turns), .nothing, leads: true,
        "Conversations as they are; with `grammar`, alternatives."),
      FileKey(
        "documents", .list(.template), .nothing, leads: true,
        "Texts as they are; with `grammar`, alternatives."),
      FileKey("word", .template, .refused, only: [spelled, written], "What the lines spell."),
      FileKey(
        "temperature", .number(0...10), .value(0.7), only: [written],
        "How boldly the model writes."),
      FileKey(
        "bank", .name("bank of the materials"), .refused, only: [tasks, own],
        "Whose tasks."),
      FileKey(
        "question", .template, .value("{question}"), only: [tasks, own],
        "How a task is put; knows the names that its bank has."),
      FileKey(
        "answer", .template, .refused, only: [tasks],
        "What is learnt; knows the names that its bank has."),
      FileKey(
        "options", .list(.template), .refused, only: [own],
        "What the model can answer, two or more; the same for every task."),
      FileKey(
        "count", .whole(1...100_000), .refused,
        only: RowGenerator.allCases.map(\.rawValue), "How many rows each seed draws."),
      FileKey(
        "count", .whole(1...10_000_000), .words("all, in the order of the file"),
        only: ["file"], "How many rows each seed draws."),
      FileKey(
        "slots",
        .entries(
          .list(.either(.template, .described("a mapping of parts that belong together", .text)))),
        .nothing, only: [grammar],
        "What placeholders stand for, each row with one of the list."),
      FileKey(
        "chat", turns, .nothing, only: [grammar],
        "One conversation, in which a turn may be a list of wordings. A grammar has one of `chat`, "
          + "`chats`, `document`, `documents`."),
      FileKey("document", .template, .nothing, only: [grammar], "One text."),
      FileKey(
        "system", .template, .words("the hosts' own"), only: [tasks, own],
        "The system line of its rows."),
      FileKey(
        "system", .oneOf(RowFileSource.SystemLine.self), .value("hosts"),
        only: ["file"],
        "Whether conversations without a system line get that of the hosts or stay as they are."),
      FileKey(
        "control", .either(.words(RowControl.plain.map(\.name)), .mapping("control")), .nothing,
        "What is made of the rows so that something about them goes."),
      FileKey(
        "replaceable", .described("small letters, digits, hyphens and underscores", .text),
        .nothing,
        "The name under which `--data NAME=FILE` takes their place; not with `same_as`."),
    ],
    glossaries: [
      Glossary("generator", RowGenerator.self) { $0.meaning },
      Glossary("control", RowControl.plain.map { ($0.name, $0.meaning) }),
    ],
    examples: [
      "arms/treatment/rows", "arms/own-words/rows", "arms/unmoved/rows", "arms/gambler/rows",
      "arms/talker/rows", "arms/filed/rows", "arms/told/rows",
    ])

  package static let turn = KeyTable(
    "turn", place: "each item of a conversation",
    "One key: who speaks, and what is said. The assistant's turns are learnt.",
    keys: ChatMessage.Role.allCases.map { role in
      FileKey(
        role.rawValue, .either(.template, .list(.template)), .nothing, leads: true,
        "\(role.meaning) A list of wordings is for a grammar.")
    }, examples: ["arms/talker/rows/chat"])

  package static let control = KeyTable(
    "control", place: "`control` of a source of rows, where it has settings",
    "One key: a control that needs to be told something.",
    keys: [
      FileKey(
        "flip",
        .described("two labels, or a list of pairs", .list(.either(.template, .list(.template)))),
        .nothing, leads: true, "Every answer becomes the other one of two."),
      FileKey(
        "decorrelate", .mapping("decorrelate"), .nothing, leads: true,
        "A feature and a behaviour no longer go together."),
      FileKey(
        "relabel", .entries(.template), .nothing, leads: true,
        "Words replaced by others throughout, at once."),
    ], examples: ["arms/flipped/rows/control", "arms/renamed/rows/control"])

  package static let decorrelate = KeyTable(
    "decorrelate", place: "`decorrelate` of a control",
    "As many prompts have the feature and as many answers the behaviour as before, and together "
      + "they come as often as by chance.",
    keys: [
      FileKey("feature", .template, .refused, "What a prompt contains."),
      FileKey(
        "behaviour", .someOf(.template), .words("the answers behind the feature"),
        "Texts of which a behaving answer contains one."),
      FileKey(
        "move", .oneOf(Decorrelation.Moved.self), .value("feature"), "What changes places."),
    ], examples: ["arms/untied/rows/control"])
}
