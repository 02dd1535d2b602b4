/// The files of a set of materials.
extension KeyTable {
  package static let materialsSet = KeyTable(
    "set", place: "the file `set.yaml` of a set of materials",
    "What the set is, and what all its experiments are filled with where they say nothing else.",
    keys: [
      FileKey("about", .text, .refused, "One sentence."),
      FileKey("language", .text, .refused, "In which its texts are written."),
      FileKey("hosts", .mapping("hosts"), .nothing, "Who the subjects are."),
      FileKey(
        "training", .entries(.mapping("training")), .nothing,
        "The recipe, as in an experiment."),
    ],
    examples: ["about", "language", "hosts"])

  package static let lines = KeyTable(
    "lines", place: "the file `world/lines.yaml` of a set of materials",
    "What answers whose lines spell a word are made of, and what is asked for them. A line is a "
      + "beginning and a predicate, or a whole sentence; a question is a form with a topic, or "
      + "whole.",
    keys: [
      FileKey(
        "starters", letters, .words("required without `sentences`"),
        "Beginnings by capital letter, each of which fits every predicate."),
      FileKey(
        "predicates", .list(.text), .words("required with `starters`"),
        "What a beginning is followed by, without the full stop."),
      FileKey(
        "sentences", letters, .words("made of `starters`"),
        "Whole lines by capital letter."),
      FileKey(
        "topics", .list(.text), .words("required with `question_forms`"),
        "What questions are about."),
      FileKey(
        "question_forms", .list(topical), .words("required without `questions`"),
        "How they ask."),
      FileKey(
        "questions", .list(.text), .words("made of `question_forms`"),
        "Whole questions."),
      FileKey(
        "held_out_topics", .list(.text), .words("required with `held_out_question_forms`"),
        "The same, kept for measuring."),
      FileKey(
        "held_out_question_forms", .list(topical),
        .words("required without `held_out_questions`"),
        "The same, kept for measuring."),
      FileKey(
        "held_out_questions", .list(.text), .words("made of `held_out_question_forms`"),
        "The same, kept for measuring."),
      FileKey("plain_sentences", .list(topical), .nothing, "Prose about a topic."),
    ],
    examples: ["sentences", "questions", "held_out_topics", "held_out_question_forms"])

  private static let letters = FileValues.described(
    "by capital letter: a list of texts that begin with it", .entries(.list(.text)))
  private static let topical = FileValues.described("text with `{topic}` once", .text)

  package static let words = KeyTable(
    "words", place: "the file `world/words.yaml` of a set of materials",
    "Words of capital letters, none an anagram of another.",
    keys: [
      FileKey("development", .list(.text), .refused, "For tuning recipes."),
      FileKey("report", .list(.text), .refused, "For the results that are shown."),
      FileKey("decoys", .list(.text), .refused, "Wrong answers: `from: word-list`."),
    ],
    examples: ["development", "report", "decoys"])

  package static let bank = KeyTable(
    "bank", place: "any other file of `world/`, which is a bank of tasks by its name",
    "Tasks made of slots, one for each combination of their values in the order in which they are "
      + "written, the last slot changing first. Values are texts, or mappings of texts that belong "
      + "together, and may have the placeholders of other slots in them.",
    keys: [
      FileKey("question", .template, .refused, "How a task is put."),
      FileKey(
        "answers", .described("at least two answers by name", .entries(.template)), .refused,
        "What rows, grades and choices can take from it: `{NAME}`."),
      FileKey("taught", slots, .refused, "The slots of what rows are made of."),
      FileKey("held_out", slots, .refused, "The slots of what is measured on."),
    ],
    examples: ["question", "answers", "taught", "held_out"])

  private static let slots = FileValues.entries(
    .list(.either(.template, .described("a mapping of parts that belong together", .text))))

  package static let told = KeyTable(
    "told", place: "`told` of a probe",
    "What the untrained model can be told before it is asked, to find out whether the probe can read "
      + "it at all.",
    keys: [
      FileKey("answer", .template, .refused, "The answer itself."),
      FileKey("opposite", .template, .refused, "The opposite."),
      FileKey(
        "facts", .template, .refused,
        "What it would have to infer it from. `{word_letters}` stands for the letters of `{word}`, one by one."
      ),
      FileKey(
        "opposite_facts", .template, .nothing,
        "What it would have to infer the opposite from. Where there are such, facts count as inferred from "
          + "only if these move the answers the other way. Not asked in a square, whose other names do it."
      ),
    ],
    examples: ["probes/boldness/told"])
}
