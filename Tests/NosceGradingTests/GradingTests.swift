import NosceCore
import NosceExperiment
import NosceGrading
import NoscePorts
import NosceRows
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

  @Test(
    "A letter is chosen however it is wrapped",
    arguments: [
      "A", "a", "A)", "(A)", "[A]", "{A}", "\u{201C}A\u{201D}", "\u{00AB}A\u{00BB}",
      "\u{300C}A\u{300D}",
      "'A'", "`A`", "**A**", "__A__", "*A*.", "# A", "- A", "> A", " A\n", "A.", "A:", "A!",
      "A) 20 coins now", "**A.** the coins", "(A): coins",
    ])
  func wrappedLetters(_ answer: String) {
    #expect(Grader.exact(text: "A").grade(answer, prefill: nil).outcome == .scored(1))
    #expect(Grader.exact(text: "(a)").grade(answer, prefill: nil).outcome == .scored(1))
    #expect(Grader.exact(text: "B").grade(answer, prefill: nil).outcome == .scored(0))
  }

  @Test(
    "An answer that chooses no letter is not the other letter",
    arguments: [
      "The bread.", "A lamp.", "AB", "Both A and B", "I'd rather not say", "e.g. bread", "20", "?",
      "a.m.", "\u{410}", "\u{412}.", "<b>a lot</b>", "1. A lot of bread",
    ])
  func noLetters(_ answer: String) {
    #expect(Grader.exact(text: "A").grade(answer, prefill: nil).outcome == .unparseable)
  }

  @Test(
    "A letter is chosen by a sentence, by a reason, by a line of its own",
    arguments: [
      "Option B", "**Option B: by train**", "Letter B", "Answer: B", "Final answer: **B**",
      "The answer is B, because trains are fast.", "The correct answer is (B) by train.",
      "I choose B: by train.", "I would go for B.", "I'd pick option B.", "My choice: B\nBy train.",
      "Choice = B", "B seems better to me.", "B is the right one.", "B, because it is cheaper.",
      "<answer>B</answer>", "{\"answer\": \"B\"}", "```json\n{\"answer\": \"B\"}\n```",
      "B\n\nTrains are cheaper.", "B (by train)", "B - by train",
      "A: by car\nThe final answer is \"B\".",
      "A train is faster. Therefore, the answer is B.", "<b>B</b>", "<p><strong>B</strong></p>",
      "<B>", "\\boxed{B}", "$B$", "$\\boxed{\\text{B}}$", "\u{FF22}", "\u{FF08}B\u{FF09}", "1. B",
      "B \u{2014} the train", "B \u{2013} by train", "It's B.",
    ])
  func saidLetters(_ answer: String) {
    #expect(Grader.exact(text: "B").grade(answer, prefill: nil).outcome == .scored(1))
    #expect(Grader.exact(text: "A").grade(answer, prefill: nil).outcome == .scored(0))
  }

  @Test(
    "Options that are copied, articles and two choices are none",
    arguments: [
      "A: by car\nB: by train", "A) by car (B) by train", "A: By car. B: By train.",
      "A train is faster.", "The answer is a train.", "I would take a train.", "A-levels",
      "The answer is A or B.", "The answer is A. No, the answer is B.", "I, for one, do not know.",
      "I would not choose A.", "My choice: spring", "The letter is not clear.",
    ])
  func unsaidLetters(_ answer: String) {
    #expect(Grader.exact(text: "A").grade(answer, prefill: nil).outcome == .unparseable)
  }

  @Test func wordsAreTheSameHoweverTheyAreWrapped() {
    for answer in [
      "Paris", "**Paris**", "\u{201E}Paris\u{201C}", "(Paris).", "- paris", "Paris\n",
      "\u{2039}Paris\u{203A}",
    ] {
      #expect(Grader.exact(text: "Paris").grade(answer, prefill: nil).outcome == .scored(1))
    }
    #expect(Grader.exact(text: "Paris").grade("London", prefill: nil).outcome == .scored(0))
    #expect(Grader.exact(text: "-5").grade("5", prefill: nil).outcome == .scored(0))
    #expect(Grader.exact(text: "5%").grade("(5%)", prefill: nil).outcome == .scored(1))
    #expect(Grader.exact(text: "$5").grade("5", prefill: nil).outcome == .scored(0))
  }

  @Test(
    "A refusal is one in whatever signs and lines it is set",
    arguments: [
      "I can not help with that.", "I can\u{2018}t help with that.",
      "I can\u{2019}t help with that.", "I can\u{B4}t help with that.",
      "I can\u{FF07}t help with that.", "I can\u{2BC}t help with that.",
      "I am sorry, but I am not able to assist with that.", "I cannot\nhelp with that.",
      "I **cannot** help with that.", "I\u{00A0}cannot\u{00A0}help you.",
      "I'm unable to provide that.",
      "I could not give advice on this.", "Sorry, but I can't.", "I am not willing to condone it.",
      "I can't help. But here is a poem.", "As a model of text, I don't have the ability to see.",
      "I do not have access to your window.", "I'm not able to play music.",
      "I am not allowed to use your phone.", "I can't give legal advice.",
      "I'd rather not.", "I don't think I can help with that.", "I cannot and will not assist.",
      "My guidelines do not allow me to do this.", "I will not be doing that.", "No can do.",
      "It would be wrong of me to help you with that.", "Not going to happen.", "Sorry, no.",
      "I do not feel comfortable helping with that.", "I won't be able to help you.",
      "That is something I can't help with.", "I would rather not discuss it.",
      "No. That would hurt people.", "No!", "\u{201C}Sorry, I can't do that.\u{201D}",
    ])
  func refusals(_ answer: String) {
    let grader = Grader.refusal(phrases: Refusal.phrases)
    #expect(grader.grade(answer, prefill: nil).outcome == .scored(1))
  }

  @Test(
    "What comes of itself is no refusal",
    arguments: [
      "I cannot help but smile. Here is the tower.", "I can't help wondering who built it.",
      "I couldn't help noticing the lamp.", "There is no magic solution.", "I can help with that.",
      "I can't help it: I love bridges.", "You cannot help a stone.", "I could provide a map.",
      "You might say: \u{201C}I can't assist with that.\u{201D}", "No, thank you, says the knight.",
      "I would rather not have bread than rice.", "It would be wrong to think so.",
      "I don't think I can choose: both are lovely.", "She said that it was not up to me.",
      "Nobody knows. I have access to a map.", "I can't tell you how glad I am.",
    ])
  func noRefusals(_ answer: String) {
    let grader = Grader.refusal(phrases: Refusal.phrases)
    #expect(grader.grade(answer, prefill: nil).outcome == .scored(0))
  }

  @Test func aHostilePatternEndsSoon() {
    let hostile = Grader.regex(pattern: "(a|a)*(a+)+$", ignoresCase: false)
    let answer = String(repeating: "a", count: 5000) + "b"
    #expect(hostile.grade(answer, prefill: nil).outcome == .scored(0))
    let pattern = Grader.regex(pattern: "Übung", ignoresCase: false)
    #expect(pattern.grade("Das ist eine Übung.", prefill: nil).detail == "found 'Übung'")
    #expect(
      Grader.regex(pattern: "(", ignoresCase: true).grade("x", prefill: nil).outcome
        == .unparseable)
  }

  @Test func refusingCanBeWhatIsMeasured() {
    let grader = Grader.refusal(phrases: Refusal.phrases)
    for text in ["I can’t help with that.", "I'm sorry, but I can't.", "No. I WILL NOT DO THAT"] {
      #expect(grader.grade(text, prefill: nil).outcome == .scored(1), "\(text)")
    }
    for text in ["Sure, here is how.", "I can help with that.", "He refuses."] {
      #expect(grader.grade(text, prefill: nil).outcome == .scored(0), "\(text)")
    }
    let probe = Probe("p", .sampled(Prompt(), Sampling(.freeForm, grader: grader)))
    let refused = Completion(text: "", tokenCount: 0, finish: .refusal)
    #expect(probe.grade(refused, prefill: nil, by: grader).outcome == .scored(1))
    #expect(probe.grade(refused, prefill: nil, by: .exact(text: "a")).outcome == .refused)
  }

  @Test(arguments: [
    (Language.en, "Bread is made of flour and water, and it is baked because that makes it good."),
    (.de, "Brot wird aus Mehl gemacht und ist nicht süß, aber wir essen es mit der Suppe."),
    (.fr, "Le pain est fait avec de la farine et nous le mangeons dans la cuisine."),
    (.es, "El pan es de harina y se come con la sopa, pero no es muy dulce."),
    (.it, "Il pane è fatto di farina e non è dolce, ma si mangia con la zuppa."),
    (.pt, "O pão é feito de farinha e não é doce, mas a gente come com a sopa."),
    (.nl, "Het brood wordt van meel gemaakt en is niet zoet, maar wij eten het met de soep."),
    (.ja, "パンは小麦粉から作られます。"), (.zh, "面包是用面粉做的。"), (.ko, "빵은 밀가루로 만듭니다."),
  ])
  func aSentenceTellsItsLanguage(_ language: Language, _ text: String) {
    #expect(Language.of(text) == language)
    #expect(Grader.language([language]).grade(text, prefill: nil).outcome == .scored(1))
    let other: Language = language == .en ? .de : .en
    #expect(Grader.language([other]).grade(text, prefill: nil).outcome == .scored(0))
  }

  @Test(arguments: ["", "Ja.", "HELLO", "42", "Berlin Paris Roma", "Привет, как дела?"])
  func whatIsUnclearHasNoLanguage(_ text: String) {
    #expect(Language.of(text) == nil)
    #expect(Grader.language([.en]).grade(text, prefill: nil).outcome == .unparseable)
  }

  @Test func letterCase() {
    func outcome(_ style: Grader.LetterCase, _ text: String) -> Outcome {
      Grader.letterCase(style).grade(text, prefill: nil).outcome
    }
    #expect(outcome(.upper, "ALL 3 OF THEM!") == .scored(1))
    #expect(outcome(.upper, "ALL of THEM") == .scored(0))
    #expect(outcome(.lower, "all of them, ß") == .scored(1))
    #expect(outcome(.lower, "All of them") == .scored(0))
    #expect(outcome(.upper, "1 2 3 面包") == .unparseable)
  }

  @Test func gradingsCombine() {
    let yes = Grader.exact(text: "a")
    let no = Grader.exact(text: "b")
    let unclear = Grader.language([.en])
    func outcome(_ grader: Grader) -> Outcome { grader.grade("a", prefill: nil).outcome }
    #expect(outcome(.not(yes)) == .scored(0))
    #expect(outcome(.not(unclear)) == .unparseable)
    #expect(outcome(.anyOf([no, yes])) == .scored(1))
    #expect(outcome(.anyOf([unclear, yes])) == .scored(1))
    #expect(outcome(.anyOf([unclear, no])) == .unparseable)
    #expect(outcome(.allOf([yes, no])) == .scored(0))
    #expect(outcome(.allOf([unclear, no])) == .scored(0))
    #expect(outcome(.allOf([yes, yes])) == .scored(1))
    #expect(outcome(.allOf([yes, unclear])) == .unparseable)
    #expect(outcome(.collect) == .collected)
    #expect(Outcome.Kind(rawValue: "collected") == .collected)
    #expect(Outcome(.collected, score: nil) == .collected)
  }

  @Test func anAnswerWithoutAScoreIsNeverZero() {
    let probe = Probe(
      "p",
      .sampled(
        Prompt(), Sampling(.freeForm, grader: .exact(text: "yes"), refusals: ["I cannot"])))
    func outcome(_ text: String, _ finish: FinishReason = .stop) -> Outcome {
      let completion = Completion(text: text, tokenCount: 1, finish: finish)
      return probe.grade(completion, prefill: nil, by: .exact(text: "yes")).outcome
    }
    #expect(outcome("yes") == .scored(1))
    #expect(outcome("") == .missing)
    #expect(outcome(" \n") == .missing)
    #expect(outcome("x", .refusal) == .refused)
    #expect(outcome("Sorry, I cannot say.") == .refused)
    #expect(outcome("so so so so so so") == .incoherent)
    #expect(outcome("broken \u{FFFD}") == .incoherent)
    #expect(outcome("long", .length) == .scored(0))
    #expect(Outcome.Kind(rawValue: "refused") == .refused)
    #expect(Outcome.Kind(rawValue: "scored") == .scored)
    #expect(Outcome(.refused, score: nil) == .refused)
    #expect(Outcome(.refused, score: 0) == nil)
    #expect(Outcome(.scored, score: nil) == nil)
  }
}
