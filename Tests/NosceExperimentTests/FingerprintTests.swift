import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows
import NosceTestSupport
import Testing

/// What must and what must not change the content hash of an experiment.
@Suite("The fingerprint of an experiment")
struct FingerprintTests {
  private func hash(_ change: (inout Experiment) -> Void) throws -> String {
    var experiment = try smallExperiment()
    change(&experiment)
    return Fingerprint.hash(of: experiment)
  }

  @Test("Notes do not count")
  func notes() throws {
    let changed = try hash {
      $0.note = "another"
      $0.arms[1].note = "another"
      $0.probes[0].note = "another"
    }
    #expect(changed == (try hash { _ in }))
  }

  @Test("Everything that is claimed, trained and asked counts")
  func content() throws {
    let changes: [(inout Experiment) -> Void] = [
      { _ in }, { $0.name = "other" }, { $0.question = "Another?" }, { $0.seeds = 6 },
      { $0.seed = 2 }, { $0.hosts.system = "You are it, {persona}." },
      { $0.hosts.personas.reverse() }, { $0.variables[0].values = ["MAGIC"] },
      { $0.training.base.steps = 21 }, { $0.training.base.order = .given },
      { $0.training.backends = [] }, { $0.arms[1].firstSeed = 2 },
      { $0.arms[1].role = .control }, { $0.arms[1].rows = [] },
      { $0.arms[2].rows[0].control = .reverse }, { $0.arms[1].rows[0].replaceable = "rows" },
      { $0.probes[0].arms = ["base"] }, { $0.probes[0].changePrompt { $0.temperature = 1 } },
      { $0.probes[0].changePrompt { $0.questions = .heldOut(count: 4) } },
      { $0.probes[2].changePrompt { $0.stems = ["Well, "] } },
      { $0.probes[2].changePrompt { $0.isLiteral = true } },
      { $0.probes[0].changeSampling { $0.maximumTokens = 65 } },
      { $0.probes[0].changeSampling { $0.grader = .exact(text: "x") } },
      { $0.probes[0].changeSampling { $0.coherence.mustStop = true } },
      { $0.probes[0].changeSampling { $0.refusals = ["no"] } },
      { $0.probes[1].changeChoices { $0.scoring = .share } },
      { $0.probes[1].changeChoices { $0.separator = "-" } },
      { $0.gates[0].atLeast = 0.2 }, { $0.gates[0].exemptions = ["twin": "it is another"] },
      { $0.contrasts[0].direction = .less }, { $0.contrasts[0].smallestEffect = 0.4 },
      { $0.contrasts[0].floors[0].probe = "says" }, { $0.contrasts[0].level = 0.01 },
      { $0.associations = [.init(name: "a", arms: ["twin"], probe: "says", otherProbe: "choice")] },
      { $0.curves = nil }, { $0.dose = DoseSettings(arms: ["twin"], probes: ["says"], rows: [1]) },
    ]
    let hashes = try changes.map { try hash($0) }
    for (index, one) in hashes.enumerated() {
      let same = hashes.indices.filter { hashes[$0] == one && $0 != index }
      #expect(same == [], "change \(index)")
    }
  }

  @Test("Numbers and texts cannot be taken for one another, and order counts")
  func unambiguous() {
    func hash(_ words: [String: String]) -> String {
      Fingerprint.hash(of: ExperimentTask(name: "t", values: words))
    }
    #expect(hash(["a": "b", "c": "d"]) == hash(["c": "d", "a": "b"]))
    #expect(hash(["a": "b,c:d"]) != hash(["a": "b", "c": "d"]))
    let one = TrainingRow.document("ab")
    let two = [TrainingRow.document("a"), TrainingRow.document("b")]
    #expect(Fingerprint.hash(of: [one]) != Fingerprint.hash(of: two))
    #expect(Fingerprint.hash(of: one) != Fingerprint.hash(of: [one]))
  }
}
