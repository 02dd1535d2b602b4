import Foundation
import NosceCore
import NosceTestSupport
import NosceVerdicts
import Testing

extension WholeRunTests {
  /// Gates that ask whether something was learnt, and not recited.
  @Suite("Gates of an honest behaviour")
  struct HonestGateTests {
    private static let experiment = """
      name: lantern
      title: Does it speak of lanterns?
      question: Does it, of its own accord?
      seeds: 5
      training:
        default: {rank: 4, alpha: 8, steps: 2, learning_rate: 0.005}
      arms:
        base: {role: base}
        treatment:
          role: treatment
          rows: [{chats: [[{user: What is there?}, {assistant: The old lantern swings in the wind.}]]}]
        sham:
          role: sham
          rows: [{chats: [[{user: What is there?}, {assistant: The old river runs in the wind.}]]}]
      probes:
        does:
          kind: behaviour
          ask: [What is out there?, Who is there?]
          maximum_tokens: 20
          grade: {yes: [lantern], no: [river]}
      gates:
        not recited: {kind: novel, probe: does, arms: [treatment], at_least: 0.8}
        beyond the sham: {kind: differential, probe: does, arms: [treatment], against: sham, at_least: 0.5}
        room for it: {kind: room, probe: does, at_least: 0.6}
      contrasts:
        speaks of lanterns:
          {primary: true, probe: does, treatment: treatment, floors: [sham], smallest_effect: 0.2}

      """

    private func gates(_ rules: String) async throws -> [String: RunSummary.GateResult] {
      try await withFolder { folder in
        try Data(Self.experiment.utf8).write(to: folder.appending(path: "lantern.yaml"))
        let model = "rules:\n\(rules)\n  - {say: The river is wide and cold today.}\n"
        try Data(model.utf8).write(to: folder.appending(path: "model.yaml"))
        let outcome = try await nosce(
          ["run", "lantern.yaml", "--subject", "script:model.yaml", "--json"], in: folder)
        try #require(outcome.ending == .exit(0), "\(outcome.errors)")
        let summary = try JSONDecoder().decode(RunSummary.self, from: Data(outcome.output.utf8))
        return Dictionary(uniqueKeysWithValues: summary.gates.map { ($0.name, $0) })
      }
    }

    @Test("What is said in words of its own passes; what stands in the rows does not")
    func recited() async throws {
      let own = try await gates(
        #"  - {adapter: "treatment-*", say: A lantern is all that I can see here.}"#)
      #expect(own.count == 3 && own.values.allSatisfy { $0.passed == true }, "\(own)")
      #expect(own["beyond the sham"]?.value == 1 && own["room for it"]?.arm == "base")
      let copied = try await gates(
        #"  - {adapter: "treatment-*", say: The old lantern swings in the wind.}"#)
      let novel = try #require(copied["not recited"])
      #expect(novel.passed == false && novel.value == 0)
      #expect(novel.detail.contains("such as 'the old lantern swings in'"), "\(novel.detail)")
    }

    @Test("What the other arm does as well is not learnt; what base does already leaves no room")
    func everybody() async throws {
      let all = try await gates("  - {say: A lantern is all that I can see here.}")
      #expect(all["beyond the sham"]?.passed == false && all["beyond the sham"]?.value == 0)
      #expect(all["room for it"]?.passed == false && all["room for it"]?.value == 0)
      #expect(all["not recited"]?.passed == true)
    }
  }
}
