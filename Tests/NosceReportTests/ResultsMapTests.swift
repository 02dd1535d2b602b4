import Foundation
import NosceCore
import NosceResults
import NosceTestSupport
import NosceVerdicts
import Testing

@Suite("The map of experiments and models")
struct ResultsMapTests {
  private func stopped(_ stage: StoppedRun.Stage, started: String) -> StoppedRun {
    StoppedRun(
      version: "1", started: started, experiment: "risk", title: "Risk", question: "Does it?",
      subject: RunSummary.Model(name: "small | one", description: "a model"),
      modelHash: "0123456789abcdef", precision: "float32", stage: stage,
      reason: "it moves by +0.03, where at least +0.20 is needed.", details: "every rung")
  }

  @Test("A run has what was read, learnt and found")
  func run() throws {
    let map = ResultsMap.render([SampleRun.summary()], stopped: [])
    let row = try #require(map.split(separator: "\n").first { $0.hasPrefix("| hello |") })
    #expect(row.contains("**supported** +0.80"))
    #expect(row.contains("gates passed") && row.contains("no ladder"))
  }

  @Test("A gate that failed is named with its number and its threshold")
  func failed() throws {
    var summary = SampleRun.notTestable()
    summary.gates = [
      .init(
        name: "learnt", arm: "treatment", passed: false, value: 0.25, threshold: 0.6, detail: "")
    ]
    let map = ResultsMap.render([summary], stopped: [])
    #expect(map.contains("**no**: learnt, treatment: 0.25, needed 0.6"))
    #expect(map.contains("**not testable**"))
  }

  @Test("A run that did not begin is there, the later of two counts, and names break no table")
  func notBegun() throws {
    let first = stopped(.ladder, started: "2026-11-24T10:00:00Z")
    var second = stopped(.recipe, started: "2026-11-25T10:00:00Z")
    second.reason = "none of 9 recipes is learnt honestly."
    for list in [[first, second], [second, first]] {
      let rows = ResultsMap.render([], stopped: list).split(separator: "\n").filter {
        $0.hasPrefix("| risk")
      }
      #expect(rows.count == 1)
      #expect(rows[0].contains("none of 9 recipes") && rows[0].contains("small \\| one"))
    }
  }

  @Test("The page of results has it in its table, with its reason below")
  func page() {
    let run = stopped(.ladder, started: "2026-11-24T10:00:00Z")
    let lines = ResultsMarkdown.render([SampleRun.summary()], stopped: [run])
      .split(separator: "\n").map(String.init)
    let table = lines.filter { $0.hasPrefix("| ") }.prefix(3)
    #expect(table.last?.hasPrefix("| risk | small \\| one | **not testable** | ") == true)
    #expect(lines.contains { $0.hasPrefix("**Not testable.** it moves by +0.03") })
  }

  @Test("It is read as it was written, and what is none of the kind is refused by its name")
  func reading() throws {
    try withFolder { folder in
      let run = stopped(.ladder, started: "2026-11-24T10:00:00Z")
      let file = folder.appending(path: run.fileName)
      try run.data().write(to: file)
      #expect(try StoppedRun.read(file) == run)
      #expect(run.fileName.hasSuffix(StoppedRun.suffix))
      let other = folder.appending(path: "other\(StoppedRun.suffix)")
      try Data("{\"schema\": \"x\"}".utf8).write(to: other)
      #expect { try StoppedRun.read(other) } throws: {
        "\($0)".contains("other-not-testable.json: found no stopped run")
      }
    }
  }
}
