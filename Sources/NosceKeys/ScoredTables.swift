import NosceExperiment

/// What is scored by probabilities.
extension KeyTable {
  /// The most points of a scale.
  package static let mostPoints = 1001
  private static let end = 1_000_000

  package static let choices = KeyTable(
    "choices", place: "`choices` of a probe",
    "The answers among which a forced choice is made: `options`, a `family`, or `answer` among decoys.",
    keys: [
      FileKey("answer", .template, .words("required without `family`"), "The one that counts."),
      FileKey(
        "anagrams", .whole(0...1000), .value(0), "Decoys of the answer's own letters."),
      FileKey("words", .whole(0...1000), .value(0), "Other words of its length."),
      FileKey(
        "from", .either(.words(["word-list"]), .someOf(.text)), .words("letters at random"),
        "What those words are drawn from."),
      FileKey("also", .list(.template), .nothing, "Decoys that are always there."),
      FileKey(
        "options", .list(.template), .nothing,
        "Exactly these, at least two; not with the four above. Where the question has `{choices}` "
          + "they are shown in several orders."),
      FileKey(
        "family", .name("variable with families"), .nothing,
        "The names of the family of the subject's own value, which is the answer; not with the six "
          + "above."),
      FileKey(
        "separator", .text, .nothing, "What stands between the letters of a choice."),
      FileKey(
        "text", .template, .value("{choice}"),
        "How a choice is written into the answer; contains `{choice}`."),
      FileKey("closed", .flag, .value(false), "Whether the end of the turn counts too."),
      FileKey(
        "minus_base", .flag, .value(false),
        "Whether the base model's log-probability of the same text is taken away."),
      FileKey("score", .oneOf(Choices.Scoring.self), .value("top"), "What becomes of it."),
      FileKey(
        "least_mass", .number(0...1), .value(.number(LeastMass.usual)),
        "The probability of all candidates below which there is no answer. 0 asks which of them is "
          + "nearest, whether or not any would be said; the mass stands beside the score."),
    ],
    glossaries: [Glossary("score", Choices.Scoring.self) { $0.meaning }],
    examples: [
      "probes/first-choice/choices", "probes/decides/choices", "probes/own-colour/choices",
    ])

  package static let scale = KeyTable(
    "scale", place: "`scale` of a probe",
    "Numbers or words from low to high; at most \(mostPoints) points. The score runs from 0 to 1.",
    keys: [
      FileKey(
        "from", .whole(-end...end), .words("required without `texts`"),
        "The lowest number."),
      FileKey(
        "to", .whole(-end...end), .words("required without `texts`"),
        "The highest number."),
      FileKey("step", .whole(1...end), .value(1), "From one number to the next."),
      FileKey(
        "text", .template, .value("{number}"),
        "How a number is written; contains `{number}`."),
      FileKey(
        "texts", .someOf(.text), .nothing,
        "Words from low to high, at least two and at equal distances; not with the four above."),
      FileKey(
        "low", .template, .words("required with `reverse`"), "What the low end means."),
      FileKey(
        "high", .template, .words("required with `reverse`"), "What the high end means."
      ),
      FileKey(
        "reverse", .flag, .value(true),
        "Whether every wording is asked a second time with the ends exchanged."),
      FileKey(
        "closed", .flag, .words("a number ends where no digit follows, a word with the turn"),
        "Whether the end of the turn counts too; false: whatever follows."),
      FileKey(
        "least_mass", .number(0...1), .value(.number(LeastMass.usual)),
        "The probability of the whole scale below which there is no answer."),
    ], examples: ["probes/boldness/scale", "probes/mood/scale"])

  package static let next = KeyTable(
    "next", place: "`next` of a probe",
    "Next texts in groups; the score is what one of them has of their probability.",
    keys: [
      FileKey(
        "answers", .entries(.someOf(.template)), .refused,
        "At least two groups by name, each a text or a list of texts."),
      FileKey("answer", .name("group"), .refused, "The group that counts."),
      FileKey(
        "score", .oneOf(NextTexts.Scoring.self), .value("share"),
        "What becomes of it. Log-odds are in nats, and so is then the smallest effect of a contrast."
      ),
      FileKey(
        "closed", .flag, .value(false),
        "Whether the end of the turn counts too. Without it no text may begin another."),
      FileKey(
        "least_mass", .number(0...1), .value(.number(LeastMass.usual)),
        "The probability of all texts below which there is no answer."),
    ],
    glossaries: [Glossary("score", NextTexts.Scoring.self) { $0.meaning }],
    examples: ["probes/agrees/next", "probes/leans/next"])
}
