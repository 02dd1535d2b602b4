import NosceCore
import NosceFormats

extension Grader: Fingerprinted {
  package var fingerprint: JSON {
    switch self {
    case .acrostic(let word): .view("acrostic", [("word", .string(word))])
    case .exact(let text): .view("exact", [("text", .string(text))])
    case .names(let word, let limit):
      .view("names", [("word", .string(word)), ("before_letters", limit.map { .integer($0) })])
    case .regex(let pattern, let ignoresCase):
      .view("regex", [("pattern", .string(pattern)), ("ignores_case", .bool(ignoresCase))])
    case .phrases(let yes, let no, let otherwise):
      .view(
        "phrases",
        [("yes", .texts(yes)), ("no", .texts(no)), ("otherwise", otherwise.map { .real($0) })])
    case .code(let quality): .view("code", [("quality", .string(quality.rawValue))])
    case .language(let languages):
      .view("language", [("languages", .texts(languages.map(\.rawValue)))])
    case .letterCase(let letters): .view("case", [("letters", .string(letters.rawValue))])
    case .refusal(let phrases): .view("refusal", [("phrases", .texts(phrases))])
    case .judge(let judging): .view("judge", [("judging", judging.fingerprint)])
    case .collect: .view("collect")
    case .not(let grader): .view("not", [("of", grader.fingerprint)])
    case .anyOf(let graders): .view("any", [("of", .list(graders))])
    case .allOf(let graders): .view("all", [("of", .list(graders))])
    }
  }
}

extension Judging: Fingerprinted {
  package var fingerprint: JSON {
    .parts([
      ("rubrics", .list(rubrics)),
      ("words", .array(words.map { .texts([$0.text, $0.meaning.rawValue]) })),
      ("below", below.map { .real($0) }), ("least_mass", .real(leastMass)),
    ])
  }
}

extension Judging.Rubric: Fingerprinted {
  package var fingerprint: JSON {
    let reading: JSON =
      switch self.reading {
      case .rating(let from, let to):
        .view("rating", [("from", .integer(from)), ("to", .integer(to))])
      case .labels(let labels):
        .view(
          "labels",
          [("labels", .array(labels.map { .array([.string($0.text), .real($0.score)]) }))])
      case .words(let tokens): .view("words", [("maximum_tokens", .integer(tokens))])
      }
    let use: JSON =
      switch self.use {
      case .score: .view("score")
      case .filter(let least): .view("filter", [("at_least", .real(least))])
      case .note: .view("note")
      }
    return .parts([
      ("name", .string(name)), ("prompt", .string(prompt)), ("reading", reading), ("use", use),
    ])
  }
}

extension Coherence: Fingerprinted {
  package var fingerprint: JSON {
    .parts([("maximum_repeats", .integer(maximumRepeats)), ("must_stop", .bool(mustStop))])
  }
}
