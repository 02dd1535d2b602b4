import NosceCore
import NosceExperiment
import NosceRows

/// What arms are asked, and what surrounds it.
extension KeyTable {
  /// Kinds whose questions are put to subjects.
  private static let asked = names {
    ![.outsideReader, .topic, .plainLanguage, .difference].contains($0)
  }
  private static let written = names { $0 == .behaviour || $0 == .freeForm }
  private static let reader = ProbeKind.outsideReader.rawValue
  private static let topic = ProbeKind.topic.rawValue
  private static let plain = ProbeKind.plainLanguage.rawValue
  /// Settings of what a subject writes; what is scored has them for a first part alone.
  package static let sampling = ["samples", "temperature", "maximum_tokens"]

  private static func names(_ isMeant: (ProbeKind) -> Bool) -> [String] {
    ProbeKind.allCases.filter(isMeant).map(\.rawValue)
  }

  package static let probe = KeyTable(
    "probe", place: "each entry of `probes`",
    "One thing that arms are asked, with a score from 0 to 1 (a difference: from -1 to 1).",
    keys: [
      FileKey("kind", .oneOf(ProbeKind.self), .refused, "What kind of question it is."),
      FileKey("note", .text, .nothing, "For readers."),
      FileKey(
        "arms", .someOf(.name("arm")), .words("all arms"),
        only: names { $0 != .difference }, "The arms that are asked."),
      FileKey(
        "system", .either(.words(["none"]), .template), .words("the hosts' own"),
        only: asked + [plain], "The system line above the question; `none` for no system line."),
      FileKey(
        "before", .list(.mapping("before")), .nothing, only: asked,
        "Turns before the question."),
      FileKey(
        "ask", .either(.list(.either(.template, .mapping("wording"))), .mapping("ask")), .refused,
        only: asked, "The wordings of the question, or where they come from."),
      FileKey(
        "prefill", .template, .nothing, only: asked,
        "Words with which the answer is made to begin; short for one of `stems`."),
      FileKey(
        "stems", .list(.template), .nothing, only: asked,
        "Several such beginnings, each asked with each question that has none of its own."),
      FileKey(
        "then", .either(.template, .mapping("then")), .nothing, only: asked,
        "A text that follows what the subject writes; only what comes after it counts."),
      FileKey(
        "samples", .whole(1...10_000), .value(1), only: asked,
        "Answers to each wording. What is scored has it with `then` alone."),
      FileKey(
        "temperature", .number(0...10), .value(0.0), only: asked,
        "How they are drawn: 0 takes the likeliest token. What is scored has it with `then` alone."),
      FileKey(
        "maximum_tokens", .whole(1...100_000), .value(64), only: asked,
        "The most tokens of an answer. What is scored has it with `then` alone."),
      FileKey(
        "grade", .mapping("grade"), .refused, only: written, "How answers become scores."),
      FileKey(
        "grade", .mapping("grade"), .words("that of the probe `of`"), only: [reader],
        "How the reader's answers become scores."),
      FileKey(
        "choices", .mapping("choices"), .refused,
        only: names { $0 == .forcedChoice }, "The answers among which it is chosen."),
      FileKey(
        "scale", .mapping("scale"), .refused, only: names { $0 == .rating },
        "What is rated on."),
      FileKey(
        "next", .mapping("next"), .refused, only: names { $0 == .nextToken },
        "The texts that are compared."),
      FileKey(
        "refusals", .someOf(.text), .nothing, only: written + [reader],
        "Phrases of which one makes an answer refused."),
      FileKey(
        "max_repeats", .whole(1...1000), .value(4), only: written + [reader],
        "One word more often than that in a row is incoherent."),
      FileKey(
        "told", .mapping("told"), .nothing, only: asked,
        "What the untrained model can be told before it is asked."),
      FileKey(
        "must_stop", .flag, .value(false), only: written + [reader],
        "Whether an answer that ran into the token limit is incoherent."),
      FileKey(
        "of", .name("earlier probe that is written"), .refused, only: [reader, topic],
        "Whose answers are shown."),
      FileKey(
        "passages", .list(.mapping("passage")), .refused, only: [plain],
        "Texts as the untrained model could write them, each behind a question."),
      FileKey(
        "of", .described("two names of earlier probes", .list(.name("probe"))), .refused,
        only: names { $0 == .difference }, "The first, less the second."),
    ],
    glossaries: [Glossary("kind", ProbeKind.self) { $0.meaning }],
    examples: [
      "probes/letters", "probes/decides", "probes/boldness", "probes/agrees", "probes/reader",
      "probes/gap", "probes/on-topic", "probes/plain",
    ])

  package static let passage = KeyTable(
    "passage", place: "each item of `passages`",
    "A text of several sentences, and the question that it answers.",
    keys: [
      FileKey("question", .template, .refused, "What is asked."),
      FileKey(
        "stem", .template, .nothing,
        "How the text begins; this part does not count, so that a habit of beginning otherwise does not."
      ),
      FileKey("text", .template, .refused, "What follows, of which every word counts."),
    ], examples: ["probes/plain/passages"])

  package static let ask = KeyTable(
    "ask", place: "`ask` of a probe, where it is no list of wordings",
    "Questions that are held out of the rows, or texts with slots, of which every combination is a "
      + "wording of its own.",
    keys: [
      FileKey(
        "held_out", .whole(1...10_000), .words("required without `texts`"),
        "So many questions that no training row uses, of lines or of a `bank`."),
      FileKey(
        "bank", .name("bank of the materials"), .words("questions of lines"),
        "The bank whose tasks are held out. Grades, choices and next texts then know its names."),
      FileKey(
        "question", .template, .value("{question}"), "How a task is put; with `bank`."),
      FileKey(
        "each",
        .entries(
          .someOf(.either(.template, .described("a mapping of parts that belong together", .text)))),
        .words("required with `texts`"),
        "What the slots of `texts` stand for, each value once."),
      FileKey(
        "texts", .list(.either(.template, .mapping("wording"))), .words("required with `each`"),
        "Texts that use the slots."),
    ], examples: ["probes/letters/ask", "probes/gambles/ask", "probes/bets/ask"])

  package static let wording = KeyTable(
    "wording", place: "an item of `ask` or `texts` that is no text",
    "A question with a beginning of the answer that belongs to it.",
    keys: [
      FileKey("question", .template, .refused, "What is asked."),
      FileKey(
        "stem", .template, .words("those of `stems`"), "How the answer begins."),
    ], examples: ["probes/says/ask"])

  package static let before = KeyTable(
    "before", place: "each item of `before`",
    "One key: a turn before the question. User and assistant take turns and the assistant is last.",
    keys: [ChatMessage.Role.user, .assistant].map { role in
      FileKey(role.rawValue, .template, .nothing, leads: true, role.meaning)
    }, examples: ["probes/says/before"])

  package static let then = KeyTable(
    "then", place: "`then` of a probe, where it is no text",
    "An answer in two parts: the subject writes, a text follows, and what comes after it counts.",
    keys: [
      FileKey("text", .template, .refused, "What follows the first part."),
      FileKey(
        "maximum_tokens", .whole(1...100_000), .words("the probe's own"),
        "The most tokens of the first part."),
      FileKey(
        "stop", .text, .nothing, "Where the first part is cut off, if it says this."),
    ], examples: ["probes/decides/then"])
}
