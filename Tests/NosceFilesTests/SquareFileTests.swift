import NosceExperiment
import NosceFiles
import NosceTestSupport
import Testing

@Suite("Squares in a file")
struct SquareFileTests {
  private static let file = """
    name: squares
    title: Squares
    question: Are they read?
    variables:
      word: {families: [[RESIN, RISEN, RINSE], [BAKER, BRAKE, BREAK]]}
      plain: [one, two]
    arms:
      base: {role: base}
      treatment: {role: treatment, rows: {documents: ["{word}, {plain}."]}}
    probes:
      own: {kind: forced-choice, ask: [Which?], choices: {family: word, minus_base: true}}
      other: {kind: forced-choice, ask: [Which?], choices: {options: ["Yes", "No"], answer: "Yes"}}
    contrasts:
      claim: {primary: true, probe: own, treatment: treatment, square: word, smallest_effect: 1}

    """

  private func problems(replacing text: String, with other: String) throws -> [String] {
    let changed = Self.file.replacing(text, with: other)
    try #require(changed != Self.file)
    return NosceTestSupport.problems(in: changed).map(\.message)
  }

  @Test("Families are tasks, and a square is a contrast without floors")
  func whole() throws {
    let experiment = try ExperimentFile.decode(Self.file, file: "squares.yaml")
    let families = [["RESIN", "RISEN", "RINSE"], ["BAKER", "BRAKE", "BREAK"]]
    #expect(experiment.variables[0] == Variable("word", .families(families)))
    #expect(experiment.probe("own")?.choices?.candidates == .family(of: "word", largest: 3))
    #expect(experiment.probe("own")?.choices?.answer == "{word}")
    #expect(experiment.contrasts[0].square == "word" && experiment.contrasts[0].floors.isEmpty)
    #expect(try experiment.tasks().count == 12)
  }

  @Test(
    "What does not belong together is refused by name",
    arguments: [
      ("[BAKER, BRAKE, BREAK]", "[BAKER]", "variables.word.families: found families of 3, 1 names"),
      ("[BAKER, BRAKE, BREAK]", "[BAKER, RESIN]", "variables.word.families: found a name twice"),
      (
        "families: [[RESIN, RISEN, RINSE], [BAKER, BRAKE, BREAK]]",
        "families: [[RESIN, RISEN]], like: plain, from: [x]", "variables.word.like: found a value"
      ),
      ("{family: word,", "{family: plain,", "found unknown variable with families 'plain'"),
      (
        "{family: word,", "{family: word, answer: RESIN,",
        "probes.own.choices.answer: found a value; allowed: only without family"
      ),
      ("family: word, minus_base: true", "family: word", "a forced choice with family: word"),
      ("probe: own,", "probe: other,", "contrasts.claim.probe: found 'other'; allowed in a square"),
      (
        "square: word", "square: plain",
        "contrasts.claim.square: found unknown variable with families"
      ),
      (
        "square: word", "square: word, floors: [base]",
        "contrasts.claim.floors: found in a square, which has no such setting"
      ),
      (
        "square: word", "square: word, direction: less",
        "contrasts.claim.direction: found in a square, which has no such setting"
      ),
      (
        "smallest_effect: 1", "smallest_effect: 0.4",
        "contrasts.claim.smallest_effect: found 0.4; allowed in a square: 0.5 nats or more"
      ),
      ("treatment: treatment,", "treatment: base,", "contrasts.claim.treatment"),
      (
        "smallest_effect: 1", "smallest_effect: 1, specificity: true",
        "contrasts.claim.specificity: found true; allowed: in a contrast that is not primary"
      ),
    ])
  func refused(_ text: String, _ other: String, _ message: String) throws {
    let found = try problems(replacing: text, with: other)
    #expect(found.contains { $0.contains(message) }, "\(found)")
  }
}
