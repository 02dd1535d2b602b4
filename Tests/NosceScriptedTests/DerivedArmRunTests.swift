import Foundation
import NosceCore
import NosceExperiment
import NosceFiles
import NoscePorts
import NosceRuns
import NosceScripted
import NosceTestSupport
import NosceVerdicts
import Testing

/// From a file over a run to a verdict, on models that are written down.
@Suite("Subjects with changed adapters")
struct DerivedArmRunTests {
  private static let families = [
    ["RESIN", "RISEN", "RINSE"], ["BAKER", "BRAKE", "BREAK"], ["STARE", "TEARS", "RATES"],
  ]

  private func experiment(_ curves: String = "scales: [0, 0.5, 1]") throws -> Experiment {
    let list = Self.families.map { "[\($0.joined(separator: ", "))]" }.joined(separator: ", ")
    return try ExperimentFile.decode(
      """
      name: own-word
      title: Does it know its own?
      question: Does a subject give more to its own word than to the others of its family?
      variables:
        word: {families: [\(list)]}
      seeds: 1
      arms:
        base: {role: base}
        mixed: {role: control, adapter: {of: treatment, change: permuted}}
        treatment: {role: treatment, rows: {documents: ["A text about {word}."]}}
      probes:
        does: {kind: behaviour, ask: [Do it.], grade: {names: done}}
        own-word:
          kind: forced-choice
          ask: [Which word is yours?, What do you like?]
          prefill: "It is "
          choices: {family: word, minus_base: true, score: share, least_mass: 0}
      gates:
        live: {kind: adapter-live, at_least: 0.5, arms: [treatment, mixed]}
        does it: {kind: behaviour, probe: does, arms: [treatment], at_least: 0.5}
        leaks: {kind: leakage, arms: [mixed], exempt: {mixed: Its rows name the word.}}
      contrasts:
        knows its own:
          primary: true
          probe: own-word
          treatment: treatment
          square: word
          smallest_effect: 0.5
        a permuted one does:
          probe: own-word
          treatment: mixed
          square: word
          smallest_effect: 0.5
      curves: {arm: treatment, probes: [does, own-word], \(curves), tasks: 2}
      """, file: "derived.yaml")
  }

  /// Subjects of `cells` give `effect` nats more to their own word, and do what they are to do.
  private func rules(_ cells: String, effect: Double) -> [String] {
    Self.families.flatMap { family in
      family.map { trained in
        let weights = family.map { "\($0): \(exp(-3 + ($0 == trained ? effect : 0)))" }
        return
          "  - {adapter: \"\(cells)-\(trained)-*\", weights: {\(weights.joined(separator: ", "))}, "
          + "say: done}"
      }
    }
  }

  private func model(_ more: String = "") throws -> ScriptedModel {
    let all =
      rules("treatment", effect: 2) + rules("curve-scale-0_5-treatment", effect: 1)
      + rules("curve-scale-1-treatment", effect: 2)
    return try scripted("name: written\n\(more)\nrules:\n" + all.joined(separator: "\n"))
  }

  @Test("They are compared as trained ones are, without a training")
  func compared() async throws {
    let experiment = try experiment()
    let plan = try Planner(experiment: experiment, options: .init(curves: true), model: model())
      .plan()
    #expect(plan.work.trainedSubjects == 9)
    let mixed = try #require(plan.cell("mixed-RESIN-s1"))
    #expect(mixed.training == nil && mixed.isMain && !mixed.isUntrained)
    #expect(mixed.adapter?.cell == "treatment-RESIN-s1" && mixed.adapter?.change.kind == .permuted)
    #expect(plan.rows(of: mixed) == plan.cell("treatment-RESIN-s1")?.training?.rows)
    let faint = try #require(plan.cell("curve-scale-0_5-treatment-RISEN-s1"))
    #expect(faint.adapter?.cell == "treatment-RISEN-s1" && faint.adapter?.change.scale == 0.5)
    #expect(plan.cells.count { !$0.isMain } == 2 * 3)
    #expect(
      plan.text().contains(
        "mixed          control, 9 subjects, the adapters of treatment, the columns of each B"))
    let summary = try await summary(experiment, on: model(), options: .init(curves: true)) {
      record in
      #expect(record.isFinished)
      #expect(record.training.count == 9 + 9 + 6)
      #expect(
        record.training.filter { $0.cell.hasPrefix("mixed") }.allSatisfy { $0.losses.isEmpty })
    }
    #expect(summary.contrasts.map(\.verdict) == [.stronglySupported, .notSupported])
    // The gate looks at both arms, and at rows that the second one has not.
    #expect(summary.gates.map(\.arm) == ["treatment", "mixed", "treatment", "mixed"])
    #expect(summary.gates.map(\.passed) == [true, true, true, false])
    #expect(summary.gates.last?.detail.contains("'RESIN' in 1 rows") == true)
  }

  @Test("Scales are a curve, and behaviour and report of every setting stand in one chart")
  func curve() async throws {
    let experiment = try experiment("scales: [0, 0.5, 1], every_steps: 60")
    let shown = try await summary(experiment, on: model(), options: .init(curves: true))
    let curve = try #require(shown.curves.first { $0.title == "By strength of the adapter" })
    let does = try #require(curve.series.first { $0.probe == "does" })
    #expect(does.points.map(\.x) == [0, 0.5, 1] && does.points.map(\.y) == [0, 1, 1])
    #expect(does.points.allSatisfy { $0.base == nil } && does.withoutBase == nil)
    let chart = try #require(shown.reportByBehaviour)
    #expect(chart.behaviourProbe == "does" && chart.reportProbe == "own-word" && chart.isSquare)
    let scales = try #require(chart.lines.first { $0.name == "By strength of the adapter" })
    #expect(scales.points.map(\.label) == ["scale 0", "scale 0.5", "scale 1"])
    #expect(scales.points.map(\.behaviour) == [0, 1, 1] && !scales.beginsWithBase)
    for (point, report) in zip(scales.points, [0.0, 1, 2]) {
      #expect(abs(point.report - report) < 1e-9 && point.subjects == 2, "\(point)")
    }
    #expect(chart.base?.behaviour == 0 && chart.base?.report == 0 && chart.ceiling == nil)
    let along = try #require(chart.lines.first { $0.name == "Along training" })
    #expect(along.beginsWithBase && along.points.map(\.label) == ["60 steps"])
    let without = try await summary(experiment, on: model())
    #expect(without.reportByBehaviour == nil && without.verdict == shown.verdict)
  }

  @Test("Scales other than 0 begin with the untrained arm")
  func fromBase() async throws {
    let summary = try await summary(
      try experiment("scales: [0.5, 1]"), on: model(), options: .init(curves: true))
    let curve = try #require(summary.curves.first)
    #expect(
      curve.series[0].points.map(\.x) == [0, 0.5, 1] && curve.series[0].points[0].base == "base")
    #expect(summary.reportByBehaviour?.lines.first?.beginsWithBase == true)
  }

  @Test(
    "A source that failed makes its derived subjects fail, with the reason, and both are tried again"
  )
  func failedSource() async throws {
    let model = try model("training: {fail: [{cell: \"treatment-RISEN-s1\"}]}")
    let experiment = try experiment()
    let failed = try await summary(experiment, on: model, options: .init(curves: true)) { record in
      let names = ["treatment-RISEN-s1", "mixed-RISEN-s1"]
      let curves = ["0", "0_5", "1"].map { "curve-scale-\($0)-treatment-RISEN-s1" }
      #expect(Set(record.failures.map(\.cell)) == Set(names + curves))
      let error = record.failures.first { $0.cell == "mixed-RISEN-s1" }?.error ?? ""
      #expect(error.contains("found no adapter of treatment-RISEN-s1"), "\(error)")
      #expect(error.contains("as the script says"), "\(error)")
    }
    #expect(failed.contrasts.map(\.verdict) == [.incomplete, .incomplete])
    let again = try await summary(
      experiment, on: try self.model("training: {fail: [{cell: \"treatment-RISEN-s1\"}]}"),
      options: .init(curves: true), again: true)
    #expect(again.failures == nil)
    #expect(again.contrasts.map(\.verdict) == [.stronglySupported, .notSupported])
  }

  @Test("A run that was stopped between the two goes on, and makes nothing again that is there")
  func resumed() async throws {
    let model = try model()
    try await withFolder(inMemory: true) { url in
      let plan = try Planner(experiment: try experiment(), model: model).plan()
      let path: URL
      do {
        // The write in which the third changed adapter is kept is the last.
        let folder = try RunFolder.create(
          in: url, plan: plan, experimentText: nil,
          provenance: try Provenance.now(version: "test", plan: plan, threads: 1, precision: "none")
        )
        path = folder.url
        let task = Task {
          try await Runner(
            folder: folder, model: model,
            onProgress: { progress in
              if progress.detail.hasPrefix("mixed"), progress.subjectsDone > 20 {
                withUnsafeCurrentTask { $0?.cancel() }
              }
            }
          ).run()
        }
        _ = await task.result
        let record = try await RunRecord(folder)
        #expect(record.training.contains { $0.cell.hasPrefix("mixed") })
      }
      let made = try FileManager.default.attributesOfItem(
        atPath: path.appending(path: "adapters/mixed-RESIN-s1/script.json").path)
      let folder = try RunFolder.resume(path, model: model)
      #expect(try await Runner(folder: folder, model: model).run().isEmpty)
      let record = try await RunRecord(folder)
      #expect(record.isFinished && record.training.count == 18)
      let after = try FileManager.default.attributesOfItem(
        atPath: path.appending(path: "adapters/mixed-RESIN-s1/script.json").path)
      #expect(made[.systemFileNumber] as? Int == after[.systemFileNumber] as? Int)
      #expect(try folder.store.files().contains { $0.cell == "mixed-RESIN-s1" })
    }
  }

  @Test("A model that cannot is refused before anything is spent")
  func refused() throws {
    let weak = try scripted("name: weak\ncapabilities: {derives: false}")
    let plan = try Planner(experiment: try experiment(), options: .init(curves: true), model: weak)
      .plan()
    #expect(
      plan.refusals == [
        "mixed: needs adapters that are made of trained ones, which weak does not do"
      ])
    var scales = try experiment()
    scales.arms.removeAll { $0.adapter != nil }
    scales.contrasts.removeLast()
    scales.gates = []
    let curves = try Planner(experiment: scales, options: .init(curves: true), model: weak).plan()
    #expect(curves.refusals.map { String($0.prefix(15)) } == ["curves: scales:"])
    #expect(try Planner(experiment: scales, model: weak).plan().refusals == [])
  }

  @Test("Adapters of one column have nothing to be exchanged")
  func rankOne() throws {
    var experiment = try experiment()
    experiment.training.base.rank = 1
    let plan = try Planner(experiment: experiment, model: model()).plan()
    #expect(
      plan.refusals.count == 1 && plan.refusals[0].hasPrefix("mixed: found adapters of rank 1"))
  }

  @Test("What is made of what counts in the plan's hash")
  func hashes() throws {
    func hash(_ change: (inout Experiment) -> Void) throws -> String {
      var experiment = try experiment()
      change(&experiment)
      return try Planner(experiment: experiment, options: .init(curves: true), model: model())
        .plan()
        .contentHash
    }
    func adapter(_ change: AdapterChange) -> (inout Experiment) -> Void {
      { $0.arms[1].adapter?.change = change }
    }
    let hashes = [
      try hash { _ in }, try hash(adapter(AdapterChange(.random))),
      try hash(adapter(AdapterChange(.permuted, scale: 0.5))),
      try hash { $0.curves?.scales = [0, 1] },
      try hash { $0.curves?.tasks = 1 },
    ]
    #expect(Set(hashes).count == hashes.count)
  }

  @Test("An experiment made in Swift is checked as a file is")
  func checked() throws {
    func message(_ change: (inout Experiment) -> Void) throws -> String {
      var experiment = try experiment()
      change(&experiment)
      let model = try model()
      let error = #expect(throws: LabError.self) {
        try Planner(experiment: experiment, model: model).plan()
      }
      return error?.message ?? ""
    }
    #expect(try message { $0.arms[1].adapter?.arm = "base" }.contains("an adapter of 'base'"))
    #expect(try message { $0.arms[1].adapter?.arm = "mixed" }.contains("an adapter of 'mixed'"))
    #expect(try message { $0.arms[1].adapter?.change.scale = -1 }.contains("the scale -1.0"))
    #expect(try message { $0.arms[1].firstSeed = 2 }.contains("seeds of its own"))
    #expect(
      try message {
        $0.dose = DoseSettings(arms: ["treatment"], probes: ["does"], isGrid: true, scales: [1])
      }
      .contains("scales in a grid"))
  }
}
