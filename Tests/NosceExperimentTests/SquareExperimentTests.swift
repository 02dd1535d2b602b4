import NosceCore
import NosceExperiment
import NosceTestSupport
import Testing

@Suite struct SquareExperimentTests {
  private let families = [["RESIN", "RISEN", "RINSE", "REINS"], ["BAKER", "BRAKE", "BREAK"]]

  private func experiment() -> Experiment {
    Experiment(
      name: "square", title: "A square", question: "Its own?",
      variables: [Variable("word", .families(families))], seeds: 1,
      arms: [
        Arm(name: "treatment", role: .treatment, rows: [RowSource(.given([row("Q", "{word}")]))])
      ],
      probes: [
        Probe(
          "own",
          .choice(
            Prompt(.paraphrases([.init("Which?")])),
            Choices(
              candidates: .family(of: "word", largest: 4), answer: "{word}", minusBase: true)))
      ],
      contrasts: [
        Contrast(
          name: "claim", primary: true, probe: "own", treatment: "treatment", floors: [],
          square: "word", smallestEffect: 0.5)
      ])
  }

  @Test func eachValueOfAFamilyIsATask() throws {
    #expect(try experiment().tasks().map(\.name) == families.flatMap(\.self))
    #expect(experiment().variable("word")?.values == families.flatMap(\.self))
  }

  @Test func setValuesStayInTheirFamilies() throws {
    let some = try experiment().applying(settings: ["word": ["RISEN", "BREAK", "RESIN"]])
    #expect(some.variable("word")?.families == [["RESIN", "RISEN"], ["BREAK"]])
    let error = #expect(throws: LabError.self) {
      try experiment().applying(settings: ["word": ["HELLO"]])
    }
    #expect(error?.message.contains("found 'HELLO'; allowed: names of its families") == true)
  }

  @Test func everySubjectIsAskedForAllNamesOfItsFamily() throws {
    let experiment = experiment()
    let builder = AskBuilder(experiment: experiment, materials: miniature)
    let probe = try #require(experiment.probe("own"))
    for task in try experiment.tasks() {
      let ask = try #require(try builder.asks(of: probe, task: task, seed: 1).first)
      guard case .choose(let candidates, let texts, let choosing) = ask.form else {
        Issue.record("no choice")
        continue
      }
      let family = try #require(families.first { $0.contains(task.name) })
      #expect(candidates.names == family && texts == family && choosing.minusBase)
      #expect(candidates.names[candidates.answer] == task.name)
    }
  }

  @Test func whatDoesNotBelongTogetherIsRefused() throws {
    try ExperimentCheck.check(experiment())
    let changes: [(String, (inout Experiment) -> Void)] = [
      ("the variable 'tone'", { $0.contrasts[0].square = "tone" }),
      ("floors", { $0.contrasts[0].floors = [.init("treatment", probe: "own")] }),
      ("the direction less", { $0.contrasts[0].direction = .less }),
      ("the smallest effect 0.2", { $0.contrasts[0].smallestEffect = 0.2 }),
      ("the probe 'own'", { $0.probes[0].changeChoices { $0.minusBase = false } }),
      ("the probe 'own'", { $0.probes[0].changeChoices { $0.candidates = .options(["a", "b"]) } }),
      ("the treatment 'treatment'", { $0.arms[0].role = .base }),
    ]
    for (found, change) in changes {
      var changed = experiment()
      change(&changed)
      let error = #expect(throws: LabError.self) { try ExperimentCheck.check(changed) }
      #expect(error?.message.contains("found \(found); allowed in a square") == true, "\(found)")
    }
  }

  @Test func familiesAndSquaresCountInTheHash() {
    let original = Fingerprint.hash(of: experiment())
    let changes: [(inout Experiment) -> Void] = [
      {
        $0.variables[0].source = .families([["RESIN", "RISEN"], ["RINSE", "REINS"], ["BAKER"]])
      },
      { $0.variables[0].source = .each(["RESIN"]) },
      { $0.contrasts[0].square = nil },
      { $0.probes[0].changeChoices { $0.candidates = .family(of: "other", largest: 4) } },
    ]
    for change in changes {
      var changed = experiment()
      change(&changed)
      #expect(Fingerprint.hash(of: changed) != original)
    }
  }
}
