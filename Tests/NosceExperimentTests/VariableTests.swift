import NosceExperiment
import NosceRows
import NosceTestSupport
import Testing

@Suite struct VariableTests {
  @Test func aTwinHasTheLengthAndTheFewestLettersInCommon() throws {
    var experiment = try smallExperiment()
    experiment.variables = [
      Variable("word", .each(["HELLO", "SELF"])),
      Variable("twin", .pick(from: ["OLLEH", "LEMON", "TRUST", "JUMP", "FLEA"], like: "word")),
    ]
    let tasks = try experiment.tasks()
    #expect(tasks.map(\.name) == ["HELLO", "SELF"])
    #expect(tasks.map { $0.values["twin"] } == ["TRUST", "JUMP"])
  }

  @Test func aTwinThatCannotBeFoundIsAnError() throws {
    let experiment = try smallExperiment().applying(settings: ["word": ["BUTTER"]])
    #expect { try experiment.tasks() } throws: { "\($0)".contains("has the length of BUTTER (6)") }
  }

  @Test func severalVariablesGiveEveryCombination() throws {
    var experiment = try smallExperiment()
    experiment.variables = [
      Variable("word", .each(["HELLO", "TRUTH"])), Variable("tone", .each(["calm", "loud"])),
    ]
    #expect(
      try experiment.tasks().map(\.name)
        == ["HELLO/calm", "HELLO/loud", "TRUTH/calm", "TRUTH/loud"])
  }

  @Test func templatesAreFilledAndOtherBracesKept() throws {
    #expect(
      try TextTemplate.fill("{word} in {curly braces} {", with: ["word": "A"])
        == "A in {curly braces} {")
    #expect(TextTemplate.placeholders(in: "{a}{b}{C}{}") == ["a", "b"])
    #expect { try TextTemplate.fill("{wort}", with: ["word": "A"]) } throws: {
      "\($0)".contains("there is no {wort}; allowed: {word}")
    }
  }

  @Test func seedsUsePersonasInTurn() {
    let hosts = Hosts(system: nil, personas: ["a", "b"], others: ["x"])
    #expect((1...3).map { hosts.values(seed: $0)["persona"] } == ["a", "b", "a"])
    #expect(hosts.values(seed: 2)["other"] == "x")
  }
}
