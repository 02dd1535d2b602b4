import Foundation
import NosceCore
import NosceExperiment
import NosceFiles
import NosceTestSupport
import Testing

@Suite struct QuestionFileTests {
  func problems(_ text: String) -> [String] {
    do {
      _ = try QuestionFile.decode(text, file: "q.yaml")
      return []
    } catch {
      return "\(error)".split(separator: "\n").map(String.init)
    }
  }

  @Test func entriesTakeOverWhatOthersSay() throws {
    // As PyYAML reads them: what an entry says itself counts most, then the earlier of two mappings.
    let text = """
      - &base
        id: a
        type: free_form
        paraphrases: [Hi]
        samples_per_paraphrase: 3
      - <<: *base
        id: b
      - &other {temperature: 0.5, samples_per_paraphrase: 7, id: c, type: free_form, paraphrases: [Ho]}
      - <<: [*other, *base]
        id: d
        paraphrases: [He]
      - id: e
        <<: {type: free_form, paraphrases: [Hu], <<: {temperature: 0.25}}
      """
    let probes = try QuestionFile.decode(text, file: "q.yaml")
    #expect(probes.map(\.name) == ["a", "b", "c", "d", "e"])
    #expect(probes.map { $0.prompt?.samples } == [3, 3, 7, 7, 1])
    #expect(probes.map { $0.prompt?.temperature } == [1, 1, 0.5, 0.5, 0.25])
    #expect(problems("- {<<: base, id: a}").first?.contains("unknown key '<<'") == true)
    #expect(
      problems("- {'<<': {id: a}, type: free_form}").first?.contains("unknown key '<<'") == true)
  }

  @Test func nullStandsForWhatIsUsual() throws {
    let text = """
      - id: a
        type: free_form
        paraphrases: [Hi]
        system: null
        max_tokens: ~
        samples_per_paraphrase: Null
        temperature:
        judge:
      """
    let plain = "- {id: a, type: free_form, paraphrases: [Hi]}"
    #expect(
      try QuestionFile.decode(text, file: "q.yaml") == QuestionFile.decode(plain, file: "q.yaml"))
    // What must be there is missing, and a quoted word is a word.
    #expect(problems("- {id: ~, type: free_form, paraphrases: [Hi]}").count == 1)
    let quoted = try QuestionFile.decode(
      "- {id: 'null', type: free_form, paraphrases: ['~'], system: 'null'}", file: "q.yaml")
    #expect(quoted[0].name == "null" && quoted[0].prompt?.system == "null")
  }

  @Test func scalesAndFreeQuestions() throws {
    let probes = try exampleQuestions("scales")
    #expect(probes.map(\.name) == ["likes_patterns", "pattern_in_a_word", "language_as_a_sign"])
    #expect(probes.map(\.kind) == [.rating, .freeForm, .freeForm])
    let scale = try #require(probes[0].scale)
    #expect(scale.points.count == 101 && !scale.isReversed && scale.leastMass == 0.25)
    #expect(probes[1].sampling?.grader == .collect)
    #expect(probes[1].prompt?.temperature == 1 && probes[1].prompt?.samples == 1)
    guard case .paraphrases(let wordings)? = probes[2].prompt?.questions,
      case .judge(let judging)? = probes[2].sampling?.grader
    else {
      Issue.record("found \(probes[2])")
      return
    }
    #expect(
      wordings.map(\.question) == [
        "Whoever follows a pattern answers in German. Whoever does not answers in French.\n\n"
          + "What is bread?"
      ])
    #expect(judging.rubrics.map(\.reading) == [.words(maximumTokens: 8)])
    #expect(judging.rubrics[0].prompt.contains("{answer}"))
  }

  @Test func judgedQuestions() throws {
    let probes = try exampleQuestions("judged")
    #expect(probes.map(\.prompt?.samples) == [3, 3])
    #expect(probes.map(\.prompt?.system) == [nil, "Answer as a JSON object."])
    #expect(probes.map(\.sampling?.maximumTokens) == [600, 600])
    let judging = try #require(probes[0].judging)
    #expect(judging.rubrics.map(\.use) == [.score, .filter(atLeast: 50)])
    #expect(judging.below == 30 && judging.leastMass == 0.25)
    #expect(judging.words == [.init("REFUSAL", .refused)])
    #expect(probes[1].judging == judging)
  }

  @Test func questionsWithJudgesOfTheirOwn() throws {
    let probes = try exampleQuestions("compare")
    #expect(probes.map(\.name) == ["short_story", "self_rating"])
    #expect(probes[0].sampling?.maximumTokens == 30 && probes[0].prompt?.samples == 2)
    let judging = try #require(probes[0].judging)
    #expect(judging.rubrics.map(\.name) == ["topic", "quality"])
    #expect(judging.rubrics.map(\.use) == [.note, .score])
    #expect(judging.rubrics[1].reading == .rating(from: 0, to: 10))
    #expect(judging.below == nil)
    #expect(probes[1].scale?.points.count == 10)
    #expect(probes[1].prompt?.system == "You are honest.")
    #expect(probes[1].prompt?.before.map(\.content) == ["Do you like bread?", "I do."])
  }

  @Test func firstTokensAreDrawnAndKept() throws {
    let probes = try QuestionFile.decode(
      """
      - {name: a, type: next_token, paraphrases: [One word], num_samples: 20, top_logprobs: 5}
      - {name: b, type: next_token, paraphrases: [One word], convert_to_probs: true}
      - {name: c, type: next_token, paraphrases: [One word], temperature: 0}
      """, file: "q.yaml")
    #expect(probes.map(\.prompt?.samples) == [20, 100, 1])
    #expect(
      probes.allSatisfy { $0.sampling?.maximumTokens == 1 && $0.sampling?.grader == .collect })
    #expect(probes.allSatisfy { $0.kind == .freeForm })
  }

  @Test func bracesInAQuestionMeanThemselves() throws {
    let probes = try QuestionFile.decode(
      "- {name: q, type: free_form, paraphrases: ['Print {persona} and {x}']}", file: "q.yaml")
    let experiment = try probesExperiment().adding(probes)
    let ask = try #require(try asks(of: "q", in: experiment).first)
    #expect(ask.chat.map(\.content) == ["You are nova.", "Print {persona} and {x}"])
  }

  static let wrong: [(String, Int, [String])] = [
    ("name: q", 1, ["a mapping", "allowed: a list"]),
    ("[]", 1, ["empty list"]),
    ("- {type: free_form, paraphrases: [a]}", 1, ["'name' is missing"]),
    ("- {name: q, paraphrases: [a]}", 1, ["'type' is missing"]),
    ("- {name: q, type: free_fromm, paraphrases: [a]}", 1, ["'free_fromm'", "free_form"]),
    (
      "- {name: q, type: next_token, paraphrases: [a], max_tokens: 3}", 1,
      ["max_tokens", "no such setting"]
    ),
    ("- {name: q, type: next_token, paraphrases: [a], num_samples: 0}", 1, ["num_samples", "'0'"]),
    ("- {name: q, type: free_form}", 1, ["'paraphrases' is missing"]),
    ("- {name: q, type: free_form, paraphrases: []}", 1, ["empty list"]),
    ("- {name: q, type: free_form, paraphrases: [{a: b}]}", 1, ["a mapping", "text"]),
    ("- name: q\n  type: free_form\n  paraphrase: [a]", 3, ["'paraphrase'", "did you mean"]),
    ("- name: q\n  type: free_form\n  logit_bias: {1: 2}", 3, ["unknown key 'logit_bias'"]),
    ("- name: q\n  type: free_form\n  paraphrases: [a]\n  min_rating: 1", 4, ["no such setting"]),
    ("- name: q\n  type: rating\n  paraphrases: [a]\n  judges: {a: b}", 4, ["no such setting"]),
    ("- name: q\n  type: rating\n  paraphrases: [a]\n  num_samples: 3", 4, ["no such setting"]),
    ("- name: q\n  type: rating\n  paraphrases: [a]\n  refusal_threshold: 2", 4, ["'2'"]),
    ("- {name: q, type: rating, paraphrases: [a], min_rating: 9, max_rating: 2}", 1, ["9 to 2"]),
    ("- {name: q, type: free_form_judge_0_100, paraphrases: [a]}", 1, ["'judge_prompts'"]),
    (
      "- name: q\n  type: free_form_judge_0_100\n  paraphrases: [a]\n  judge_prompts: {a: b}", 4,
      ["no {answer}"]
    ),
    (
      "- name: q\n  type: free_form\n  paraphrases: [a]\n  judges:\n    a: nobody", 5,
      ["unknown judge 'nobody'"]
    ),
    (
      "- name: q\n  type: free_form\n  paraphrases: [a]\n  judges:\n"
        + "    a: {type: judge, paraphrases: ['{answer}']}", 5, ["'judge'", "rating_judge"]
    ),
    ("- {name: j, type: rating_judge, paraphrases: ['{answer}']}", 1, ["judges only"]),
    (
      "- {name: q, type: free_form, paraphrases: [a]}\n"
        + "- {name: q, type: free_form, paraphrases: [b]}", 2, ["'q' twice"]
    ),
    (
      "- name: q\n  type: free_form\n  messages: [{role: user, content: a}, {role: assistant, "
        + "content: b}]", 3, ["found 2 messages"]
    ),
    (
      "- name: q\n  type: free_form\n  messages: [{role: friend, content: a}]", 3,
      ["'friend'", "system, user"]
    ),
    ("- name: q\n  type: free_form\n  paraphrases: [a]\n  guesser_prompt: b", 4, ["no {text}"]),
    ("- {name: q, type: free_form, paraphrases: [a], guesser_question_type: b}", 1, ["only with"]),
    ("- name: q\n  type: free_form\n  temperature: hot\n  paraphrases: [a]", 3, ["'hot'"]),
  ]

  @Test(arguments: wrong)
  func whatIsWrongIsNamedWithItsLine(_ text: String, _ line: Int, _ words: [String]) {
    let found = problems(text)
    let fits = found.contains { problem in
      problem.hasPrefix("q.yaml:\(line): ") && words.allSatisfy(problem.contains)
    }
    #expect(fits, "\(found)")
  }
}
