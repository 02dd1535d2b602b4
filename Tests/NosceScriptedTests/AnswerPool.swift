import NosceCore
import NosceExperiment
import NosceGrading
import NoscePorts
import NosceRows
import NosceTestSupport

/// What a subject must say to score high or low where it is asked.
enum AnswerPool {
  /// The probability of the text that decides.
  static let share = 0.98

  /// What a rule does: an answer to be written, or the probability of a text.
  enum Action: Hashable {
    case say(String)
    case weigh(String)
  }

  static func action(for ask: Ask, of probe: Probe, high: Bool) throws -> Action {
    switch ask.form {
    case .sample(let grader, _, let limit, _):
      .say(try text(for: ask, of: probe, by: grader, limit: limit, high: high))
    case .choose(let candidates, let texts, let choosing):
      try one(of: texts, not: choosing.minusBase) { ($0 == candidates.answer) == high }
    case .read(let distribution):
      try one(of: distribution.texts, not: false) { place in
        switch distribution.reading {
        case .share(let groups, let wanted), .logOdds(let groups, let wanted):
          (groups[place] == wanted) == high
        case .mean(let values, let isReversed):
          place == (high != isReversed ? values.count - 1 : 0)
        // What answers and texts are worth beside others is no matter of one text.
        case .ownQuestion, .perWord: false
        }
      }
    }
  }

  /// - Parameter out: whether no text can do, as where base's own probability is taken away.
  private static func one(
    of texts: [String], not out: Bool, where isWanted: (Int) -> Bool
  ) throws -> Action {
    guard !out, let place = texts.indices.first(where: isWanted) else {
      throw Missing(text: "a text that decides among \(texts)")
    }
    return .weigh(texts[place])
  }

  /// Asks the grader itself, so that a text is never merely believed to score.
  private static func text(
    for ask: Ask, of probe: Probe, by grader: Grader, limit: Int, high: Bool
  ) throws -> String {
    for text in texts(for: grader) + ["Good morning to you."] {
      let words = text.split(whereSeparator: \.isWhitespace).count
      let completion = Completion(text: text, tokenCount: words, finish: .stop)
      let grade = probe.grade(completion, prefill: ask.prefill, by: grader)
      if words <= limit, grade.outcome == .scored(high ? 1 : 0) { return text }
    }
    throw Missing(text: "an answer to \(probe.name) that scores \(high ? "high" : "low")")
  }

  private static func texts(for grader: Grader) -> [String] {
    switch grader {
    case .acrostic(let word): [word.map { "\($0) is here." }.joined(separator: "\n")]
    case .exact(let text): [text, "A", "B"]
    case .names(let word, _): ["It is \(word)."]
    case .phrases(let yes, _, _): yes
    case .refusal(let phrases): phrases
    case .code:
      miniature.tasks.filter { $0.name == "code" }.flatMap { $0.items(heldOut: true) }.prefix(8)
        .flatMap { $0.answers.values.sorted() }
    case .not(let grader): texts(for: grader)
    case .anyOf(let graders), .allOf(let graders): graders.flatMap(texts)
    case .regex, .language, .letterCase, .judge, .collect: []
    }
  }
}
