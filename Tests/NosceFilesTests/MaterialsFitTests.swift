import Foundation
import NosceCore
import NosceExperiment
import NosceFiles
import NosceRows
import NosceTestSupport
import Testing

@Suite("Whether a protocol and a set fit")
struct MaterialsFitTests {
  private func problems(
    _ experiment: String, in set: String = "miniature",
    changing changes: [(file: String, from: String, to: String)] = [],
    seeds: Int? = nil, adapt: (inout Experiment) -> Void = { _ in }
  ) throws -> [String] {
    try withSet(set, changing: changes) { folder in
      let loaded = try ExperimentFile.load(
        packageRoot.appending(path: "Experiments/\(experiment).yaml"),
        materials: try MaterialsReader.load(folder))
      var changed = try loaded.experiment.applying(seeds: seeds)
      adapt(&changed)
      return try MaterialsFit(changed, materials: loaded.materials).problems()
    }
  }

  @Test("Every experiment that ships fits the miniature world", arguments: ProtocolTests.names)
  func miniatureFits(name: String) throws {
    #expect(try problems(name) == [])
  }

  @Test(
    "The English set fits",
    arguments: [
      "backdoor-square", "hello", "hello-word", "last-datapoint", "persona-square", "risk",
    ])
  func englishFits(name: String) throws {
    #expect(try problems(name, in: "english") == [])
  }

  @Test("A word that must not leak is found, and an arm that a gate exempts is exempt")
  func leaks() throws {
    let leak = [
      (
        file: "world/gambles.yaml", from: "if it rains before noon",
        to: "if there is a good chance of rain"
      )
    ]
    let found = try problems("risk", changing: leak)
    #expect(found.count == 3)
    #expect(found.allSatisfy { $0.contains("found 'chance' in") }, "\(found)")
    #expect(found.first?.hasPrefix("arm risky, task risk, seed 1:") ?? false)
    let exempt = try problems("risk", changing: leak) { experiment in
      for index in experiment.gates.indices where experiment.gates[index].kind == .leakage {
        experiment.gates[index].exemptions["risky"] = "for the test"
      }
    }
    #expect(exempt.count == 2 && !exempt.contains { $0.contains("risky") })
  }

  @Test("Rows that say the answer of a probe leak")
  func answers() throws {
    let rows = """
      {chats: [[{system: "You are {persona}."}, {user: What do you write?},
               {assistant: "My answer is {word}."}]]}
      """
    let found = try problems(
      "hello-word",
      changing: [
        ("hello-word.yaml", #"{generator: spelled-lines, word: "{word}", count: 10}"#, rows)
      ])
    #expect(found.contains { $0.hasPrefix("arm treatment") && $0.contains("found 'HELLO' in 1") })
  }

  @Test("Behaviour asked for under another system line than in training is found")
  func templates() throws {
    let found = try problems(
      "risk",
      changing: [
        ("risk.yaml", "  takes-risk: {ask:", "  takes-risk: {system: You are a banker., ask:")
      ])
    #expect(found.count == 3)
    #expect(
      found.first
        == "arm risky, task risk, seed 1, probe takes-risk: asked under 'You are a banker.', trained "
        + "under 'You are nova.'; allowed by the gate 'templates alike': the same")
  }

  @Test("Questions that are held out and taught are found")
  func heldOut() throws {
    // Eight of the ten questions are asked of each subject, so at least one of these three.
    let questions = ["How do ants find food?", "Why do stars twinkle?", "Why do we yawn?"]
    let chats = questions.map { "[{user: \"\($0)\"}, {assistant: \"Air.\\nBees.\"}]" }
    let found = try problems(
      "hello-word", in: "english",
      changing: [
        (
          "hello-word.yaml", #"{generator: spelled-lines, word: "{word}", count: 30}"#,
          "{chats: [\(chats.joined(separator: ", "))]}"
        )
      ])
    #expect(found.contains { $0.contains("questions among the rows, such as '") })
  }

  @Test("What cannot be made is said of every arm and probe at once")
  func cannot() throws {
    let found = try problems(
      "risk",
      changing: [
        ("risk.yaml", "count: 96", "count: 960"), ("risk.yaml", "held_out: 20", "held_out: 200"),
      ])
    #expect(
      found.contains { $0.hasPrefix("probes.takes-risk: ") && $0.contains("allowed: 1 to 48") })
    #expect(
      found.contains { $0.hasPrefix("arms.risky.rows.count: ") && $0.contains("allowed: 1 to 400") }
    )
    let spelled = try problems(
      "hello-word", changing: [("hello-word.yaml", "word: [HELLO]", "word: [ZZ]")]
    ) {
      $0.variables[1].source = .each(["KNIFE"])
    }
    #expect(!spelled.isEmpty)
  }
}
