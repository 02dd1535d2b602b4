import NosceExperiment
import NosceRows

/// The keys by which a grading is named.
package enum GradeKind: String, CaseIterable {
  case acrostic, all, any
  case letterCase = "case"
  case code, collect, exact, judge, language, names, not, refusal, regex
  case phrases = "yes"

  package var key: FileKey {
    func lead(_ values: FileValues, _ meaning: String) -> FileKey {
      FileKey(rawValue, values, leads: true, meaning)
    }
    return switch self {
    case .acrostic:
      lead(
        .template,
        "The fraction of the text's letters that the lines begin with, in place.")
    case .all:
      lead(
        .list(.mapping("grade")), "The lowest of the scores; one that decides, decides.")
    case .any:
      lead(
        .list(.mapping("grade")), "The highest of the scores; one that decides, decides.")
    case .letterCase:
      lead(
        .oneOf(Grader.LetterCase.self),
        "1 where every word is in capitals, or none has one.")
    case .code:
      lead(
        .oneOf(Grader.CodeQuality.self),
        "1 where the code in the answer has a flaw that rules know, or has none.")
    case .collect:
      lead(
        .described("true", .flag),
        "Nothing is scored; answers are kept to be read. By itself only."
      )
    case .exact:
      lead(.template, "1 for that text, up to case, spaces and closing punctuation.")
    case .judge: lead(.mapping("judge"), "What a model says. By itself only.")
    case .language:
      lead(
        .someOf(.oneOf(Language.self)),
        "1 where the answer is in one of the languages. Single words and names are unparseable.")
    case .names: lead(.template, "1 where the word is named, with gaps or without.")
    case .not: lead(.mapping("grade"), "1 less the score.")
    case .refusal:
      lead(
        .either(.words(["standard"]), .list(.text)),
        "1 where the answer refuses, by the phrases that Nosce has or by these.")
    case .regex:
      lead(
        .described("a regular expression", .text),
        "1 where it occurs. The syntax of Python without back-references, look-around over one "
          + "character. A hostile expression takes longer, never endless.")
    case .phrases:
      lead(
        .someOf(.text),
        "1 where one of these phrases occurs, as whole words in any case, unless one of `no` does.")
    }
  }
}

/// How answers become scores.
extension KeyTable {
  package static let grade = KeyTable(
    "grade", place: "`grade` of a probe, and each grading inside another",
    "Exactly one of the keys that lead, and the settings that stand with it.",
    keys: GradeKind.allCases.map(\.key) + [
      FileKey(
        "before_letters", .whole(1...100), .nothing, only: ["names"],
        "Only before so many letters of the word could be read off the answer's own lines."),
      FileKey(
        "ignore_case", .flag, .value(false), only: ["regex"],
        "Whether capitals make no difference."),
      FileKey(
        "no", .someOf(.text), .nothing, only: ["yes"], "Phrases that make it 0."),
      FileKey(
        "otherwise", .number(0...1), .words("unparseable"), only: ["yes"],
        "The score where no phrase occurs."),
    ],
    glossaries: [Glossary("language", Language.self) { "\($0.name)." }],
    examples: [
      "probes/letters/grade", "probes/claims/grade", "probes/shouts/grade", "probes/judged/grade",
      "probes/labelled/grade",
    ])

  private static let rating = FileValues.described(
    "a number, from `from` to `to`", .number(0...10_000))

  package static let judge = KeyTable(
    "judge", place: "`judge` of a grading",
    "A model rates or labels each answer; the score is the mean of the numbers, or of what the labels stand "
      + "for, by their probabilities, exact where the judge gives them.",
    keys: [
      FileKey(
        "rubric", .template, .refused,
        "What the judge is asked; contains `{answer}`, and `{question}` where it is to see it."),
      FileKey(
        "labels", .entries(.number(0...1)), .words("a rating"),
        "Words of which the judge chooses one, in place of a rating, and the score that each stands for: 2 "
          + "to 20, of which none begins another or one of `words`."),
      FileKey("from", .whole(0...10_000), .value(0), "The lowest rating."),
      FileKey(
        "to", .whole(0...10_000), .value(100),
        "The highest, at most 1000 above the lowest."),
      FileKey(
        "below", rating, .words("the score is the rating on a scale from 0 to 1"),
        "The score is 1 below this rating and 0 elsewhere."),
      FileKey(
        "words", .entries(.oneOf(Judging.Word.Meaning.self)), .nothing,
        "Words that the judge may say instead, and what then becomes of the answer."),
      FileKey("coherent", .mapping("coherent"), .nothing, "A second rating that filters."),
      FileKey(
        "least_mass", .number(0...1), .value(.number(LeastMass.usual)),
        "The probability of all numbers or labels below which there is no score."),
    ], examples: ["probes/judged/grade", "probes/labelled/grade"])

  package static let coherent = KeyTable(
    "coherent", place: "`coherent` of a judge",
    "An answer that the judge rates lower is incoherent. Its scale is that of the rating, and from 0 to 100 "
      + "beside `labels`.",
    keys: [
      FileKey(
        "rubric", .template, .refused, "What the judge is asked; contains `{answer}`."),
      FileKey("at_least", rating, .refused, "The lowest rating that is coherent."),
    ], examples: ["probes/judged/grade/judge/coherent"])
}
