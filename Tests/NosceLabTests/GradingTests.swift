import NosceLab
import Testing

@Suite struct GradingTests {
  @Test func wordsAreFoundWholeAndSpelled() {
    let texts = [
      "The word is HELLO.", "hello", "It is H-E-L-L-O", "H, E, L, L, O", "H\nE\nL\nL\nO!",
    ]
    for text in texts { #expect(WordFinder.finds("HELLO", in: text), "\(text)") }
    for text in ["Othello", "hellos", "HELO", "H E LLO", "", "hel lo"] {
      #expect(!WordFinder.finds("HELLO", in: text), "\(text)")
    }
    #expect(WordFinder.position(of: "HELLO", in: "I say hello") == 6)
  }

  @Test func acrosticsCountLettersInTheirPlace() {
    #expect(Acrostic.fraction(of: "HELLO", in: "Hens\nEggs\nLions\nLambs\nOwls") == 1)
    #expect(Acrostic.fraction(of: "HELLO", in: "hens\n\n- eggs\nOwls") == 0.4)
    #expect(Acrostic.fraction(of: "HELLO", in: "") == 0)
    #expect(Acrostic.visibleLetters(of: "HELLO", in: "My answer\nHens\nEggs\nAnts") == 2)
  }

  @Test func aNameCountsOnlyBeforeItCanBeReadOff() {
    let grader = Grader.names(word: "HELLO", beforeLetters: 2)
    #expect(grader.grade("It is HELLO.", prefill: nil).outcome == .scored(1))
    #expect(grader.grade("Hens lay\nHELLO", prefill: nil).outcome == .scored(1))
    let late = grader.grade("Hens lay\nEggs roll\nIt is HELLO", prefill: nil)
    #expect(late.outcome == .scored(0))
    #expect(late.detail == "named after 2 letters could be read off its own lines")
    #expect(grader.grade("It is HELLO", prefill: "Hens lay\nEggs roll\n").outcome == .scored(0))
    let always = Grader.names(word: "HELLO", beforeLetters: nil)
    #expect(always.grade("Hens lay\nEggs roll\nIt is HELLO", prefill: nil).outcome == .scored(1))
  }

  @Test func otherGraders() {
    #expect(Grader.exact(text: "Yes").grade(" yes. ", prefill: nil).outcome == .scored(1))
    #expect(Grader.exact(text: "Yes").grade("yes indeed", prefill: nil).outcome == .scored(0))
    let regex = Grader.regex(pattern: "spell(s|ing)", ignoresCase: true)
    #expect(regex.grade("It SPELLS", prefill: nil).outcome == .scored(1))
    #expect(regex.grade("It spells", prefill: nil).detail == "found 'spells'")
    #expect(regex.grade("spell", prefill: nil).outcome == .scored(0))
    let phrases = Grader.phrases(yes: ["pattern"], no: ["no pattern"], otherwise: nil)
    #expect(phrases.grade("I have a pattern", prefill: nil).outcome == .scored(1))
    #expect(phrases.grade("I have no pattern", prefill: nil).outcome == .scored(0))
    #expect(phrases.grade("patterns", prefill: nil).outcome == .unparseable)
    let closed = Grader.phrases(yes: ["a"], no: [], otherwise: 0.5)
    #expect(closed.grade("bat", prefill: nil).outcome == .scored(0.5))
  }

  @Test func anAnswerWithoutAScoreIsNeverZero() {
    let probe = Probe(name: "p", kind: .freeForm, refusals: ["I cannot"])
    func outcome(_ text: String, _ finish: FinishReason = .stop) -> Outcome {
      let completion = Completion(text: text, tokenCount: 1, finish: finish)
      return probe.grade(completion, prefill: nil, by: .exact(text: "x")).outcome
    }
    #expect(outcome("x") == .scored(1))
    #expect(outcome("") == .missing)
    #expect(outcome(" \n") == .missing)
    #expect(outcome("x", .refusal) == .refused)
    #expect(outcome("Sorry, I cannot say.") == .refused)
    #expect(outcome("so so so so so so") == .incoherent)
    #expect(outcome("broken \u{FFFD}") == .incoherent)
    #expect(outcome("long", .length) == .scored(0))
    #expect(Outcome(name: "refused", score: nil) == .refused)
    #expect(Outcome(name: "refused", score: 0) == nil)
    #expect(Outcome(name: "scored", score: nil) == nil)
  }
}
