import NosceCore

/// What a question of others can be, whatever its file calls it.
package enum QuestionForm: String, CaseIterable {
  case freeForm = "free_form"
  case judged = "free_form_judge"
  case rating
  case nextToken = "next_token"

  /// By the words that files have for it.
  package static let types: [String: QuestionForm] = [
    "free_form": .freeForm, "free_form_judge": .judged, "free_form_judge_0_100": .judged,
    "free_form_0_100": .rating, "rating": .rating, "quantitative": .rating, "score": .rating,
    "next_token": .nextToken,
  ]

  package var meaning: String {
    switch self {
    case .freeForm: "Written, and judged where the question names a judge."
    case .judged: "Written and judged."
    case .rating:
      "A number, the mean of all by their probabilities, exact where the judge gives them."
    case .nextToken: "The first token, drawn many times and kept to be read."
    }
  }
}

/// What question files hold.
extension KeyTable {
  /// What entries that are judges have, and questions have not.
  package static let ofJudges = "judges"
  private static let written = [QuestionForm.freeForm, .judged].map(\.rawValue)
  private static let rated = [QuestionForm.rating.rawValue]
  private static let drawn = [QuestionForm.nextToken.rawValue]

  package static let question = KeyTable(
    "question", place: "each item of a question file (`--questions`)",
    "A published question in one of three shapes, asked of every arm beside an experiment's own. "
      + "Braces mean themselves.",
    keys: [
      FileKey("id", .text, .words("`name`"), "The probe's name."),
      FileKey("name", .text, .words("required without `id`"), "The same."),
      FileKey("title", .text, .nothing, "Its note."),
      FileKey(
        "type", types, .words("`question_type`, one of the two"), "What it is."),
      FileKey("question_type", types, .words("`type`"), "The same."),
      FileKey(
        "paraphrases", .someOf(.text), .words("required without `messages`"),
        "The wordings."),
      FileKey(
        "question_paraphrases", .someOf(.text), .words("`paraphrases`"), "The same."),
      FileKey(
        "messages", .list(.mapping("message")), .nothing,
        "A whole conversation in place of wordings, ending with the user."),
      FileKey("prefix", .text, .nothing, "Put before each wording."),
      FileKey("system", .text, .words("the hosts' own"), "The system line."),
      FileKey(
        "samples_per_paraphrase", .whole(1...100_000), .value(1),
        "Answers to each wording; a rating is exact and needs one look."),
      FileKey("temperature", .number(0...10), .value(1.0), "How they are drawn."),
      FileKey(
        "max_tokens", .whole(1...100_000), .words("600; 1024 with `name` and `type`"),
        only: written + rated, "The most tokens of an answer."),
      FileKey(
        "max_tokens", .whole(1...1000), .value(32), only: [ofJudges],
        "The most tokens of what a judge says."),
      FileKey(
        "judge", .text, .nothing, only: written,
        "Left aside: `--judge` names the model."),
      FileKey(
        "judge_prompts", .entries(.text), .nothing, only: written,
        "Rubrics with `{answer}`: `aligned` scores (1 below 30), `coherent` filters (50), another "
          + "is the score where `aligned` is missing and else a note."),
      FileKey(
        "judges", .entries(.either(.name("judge"), .mapping("judge entry"))), .nothing,
        only: written, "Judges by name or in place; the first rating is the score."),
      FileKey("model", .text, .nothing, only: [ofJudges], "Left aside."),
      FileKey(
        "guesser_prompt", .described("text with `{text}`", .text), .nothing,
        only: written, "The judge says a word about the answer, which is kept."),
      FileKey(
        "guesser_question_type", .words(["guesser_word"]), .nothing, only: written,
        "With `guesser_prompt`."),
      FileKey(
        "min_rating", .whole(0...10_000), .value(0), only: rated + [ofJudges],
        "The lowest number."),
      FileKey(
        "max_rating", .whole(1...10_000), .value(100), only: rated + [ofJudges],
        "The highest, at most 1000 above it."),
      FileKey(
        "refusal_threshold", .number(0...1), .value(0.75), only: rated + [ofJudges],
        "The probability without a number that is too much."),
      FileKey(
        "top_logprobs", .whole(1...1000), .nothing, only: rated + drawn + [ofJudges],
        "Left aside: every number is looked at that a model tells of."),
      FileKey(
        "convert_to_probs", .flag, .nothing, only: drawn, "Left aside."),
      FileKey(
        "num_samples", .whole(1...100_000), .words("`samples_per_paraphrase`, or 100"),
        only: drawn, "First tokens that are drawn."),
    ],
    glossaries: [
      Glossary("type", QuestionForm.types.sorted { $0.key < $1.key }.map { ($0, $1.meaning) })
    ],
    examples: ["0", "1", "2"])

  private static let types = FileValues.words(QuestionForm.types.keys.sorted())

  package static let judgeEntry = KeyTable(
    "judge entry", place: "each entry of `judges` that is no name",
    "A judge in the shape of llmcomp. One that stands as an item of the file has the same keys.",
    keys: [
      FileKey(
        "type", .words(["free_form_judge", "rating_judge"]), .refused,
        "Whether it says words or a number."),
      FileKey("model", .text, .nothing, "Left aside: `--judge` names the model."),
      FileKey("name", .text, .nothing, "Left aside in place: the entry has one."),
      FileKey(
        "paraphrases", .described("one text with {answer}", .list(.text)), .refused,
        "What it is asked."),
      FileKey("temperature", .number(0...10), .nothing, "Left aside."),
      FileKey(
        "max_tokens", .whole(1...1000), .value(32), "The most tokens of what it says."),
      FileKey(
        "min_rating", .whole(0...10_000), .value(0), "The lowest number."),
      FileKey(
        "max_rating", .whole(1...10_000), .value(100),
        "The highest, at most 1000 above it."),
      FileKey("refusal_threshold", .number(0...1), .nothing, "Left aside."),
      FileKey("top_logprobs", .whole(1...1000), .nothing, "Left aside."),
      FileKey("samples_per_paraphrase", .whole(1...100_000), .nothing, "Left aside."),
    ], examples: ["3/judges"])

  package static let message = KeyTable(
    "message", place: "each item of `messages`",
    "One turn: at most one of the system at the beginning, the user's at the end.",
    keys: [
      FileKey("role", .oneOf(ChatMessage.Role.self), .refused, "Who speaks."),
      FileKey("content", .text, .refused, "What is said."),
    ], examples: ["4/messages"])
}
