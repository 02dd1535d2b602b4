import NosceCore
import NosceExperiment
import NoscePorts
import NosceRuns
import NosceScripted
import NosceTestSupport
import NosceVerdicts
import Testing

/// One thing that a script cannot do.
enum Lack: String, CaseIterable, CustomTestStringConvertible {
  case logProbabilities = "log_probs: none"
  case exactLogProbabilities = "log_probs: top-20"
  case samples = "samples: false"
  case prefill = "prefill: false"
  case seeds = "seeds: false"
  case adapters = "adapters: false"
  case training = "training: false"
  case snapshots = "snapshots: false"
  case derives = "derives: false"
  case fewRows = "least_rows: 10"

  var testDescription: String { rawValue }

  func model(rules: String = "[]") throws -> ScriptedModel {
    try scripted("name: weak\ncapabilities: {\(rawValue)}\nrules: \(rules)")
  }

  /// What of the catalog cannot be run for it; nil where nothing can.
  var refused: [String]? {
    switch self {
    case .logProbabilities, .samples, .adapters, .training: nil
    // Closed answers, and in hello-word ranks, need the probability of every text.
    case .exactLogProbabilities:
      ["backdoor", "backdoor-square", "hello", "hello-word", "last-datapoint", "persona-square"]
    // Only these begin an answer with words of their own.
    case .prefill:
      ["backdoor-square", "hello", "hello-word", "last-datapoint", "persona-square"]
    // Only squares have arms of changed adapters, and those are controls that can be done without.
    case .seeds, .snapshots, .derives: []
    // Some of their arms are trained on a few documents.
    case .fewRows: ["actress", "alignment-faking", "awareness-and-misalignment"]
    }
  }

  /// What a person reads.
  var reason: String {
    switch self {
    case .logProbabilities, .exactLogProbabilities:
      "needs exact log-probabilities, which weak does not give"
    case .samples: "needs answers that are drawn, which weak does not give"
    case .prefill: "needs answers with a given beginning, which weak does not take"
    case .seeds: "sampled, another time otherwise"
    case .adapters: "needs to be asked with an adapter, which weak cannot be"
    case .training: "needs fine-tuning, which weak does not have"
    case .snapshots: "need copies along the way, which the trainer of weak keeps not"
    case .derives: "needs adapters that are made of trained ones, which weak does not do"
    case .fewRows: "needs training on fewer than 10 rows, which weak does not do"
    }
  }
}

@Suite("A capability that is missing")
struct CapabilityTests {
  private func plan(
    _ name: String, _ model: ScriptedModel, options: Plan.Options = .init()
  ) throws -> Plan {
    try Planner(experiment: try catalogExperiment(name), options: options, model: model).plan()
  }

  @Test("With everything, everything can be measured", arguments: catalogNames)
  func whole(_ name: String) throws {
    let plan = try plan(name, try scripted("name: strong"), options: .init())
    #expect(plan.refusals == [])
    #expect(plan.measurements.map(\.probe) == plan.experiment.probes.map(\.name))
    #expect(!plan.text().contains("Cannot be run on this model"))
  }

  @Test("It refuses what needs it, with the reason, and nothing else", arguments: Lack.allCases)
  func refused(_ lack: Lack) throws {
    let model = try lack.model()
    for name in catalogNames {
      let plan = try plan(name, model)
      let isRefused = lack.refused?.contains(name) ?? true
      #expect(plan.refusals.isEmpty != isRefused, "\(name)")
      let text = plan.text()
      #expect(text.contains("Cannot be run on this model") == isRefused, "\(name)")
      guard isRefused else { continue }
      #expect(text.contains(lack.reason), "\(name)")
      for refusal in plan.refusals { #expect(refusal.hasSuffix(lack.reason), "\(name)") }
      let error = #expect(throws: LabError.self) { try plan.checkMeasurable() }
      #expect(error?.code == .refusedDesign)
      #expect(error?.message.contains(lack.reason) == true)
    }
  }

  @Test("Every probe that needs it is named, and no other")
  func named() throws {
    let hello = try plan("hello-word", try Lack.prefill.model())
    #expect(
      hello.refusals.compactMap { $0.split(separator: ":").first.map(String.init) }
        == ["first-choice", "after-neutral-lines", "outside-reader", "choice-of-other"])
    let risk = try plan("risk", try Lack.logProbabilities.model())
    #expect(
      risk.measurements.filter { $0.method.refusal == nil }.map(\.probe) == ["takes-risk"])
    let actress = try plan("actress", try Lack.samples.model())
    #expect(
      actress.measurements.filter { $0.method.refusal == nil }.map(\.probe)
        == ["knows-goal", "conduct-gap"])
    let backdoor = try plan("backdoor", try Lack.exactLogProbabilities.model())
    #expect(backdoor.refusals.count == 1 && backdoor.refusals[0].hasPrefix("names-thing: "))
    #expect(backdoor.measurements.contains { $0.probe == "depends" && $0.method == .top(20) })
  }

  @Test("Controls of changed adapters are left out where none can be made, and the plan says so")
  func leftOut() throws {
    for name in catalogNames {
      let whole = try plan(name, try scripted("name: weak"))
      let weak = try plan(name, try Lack.derives.model())
      #expect(whole.omissions == [])
      guard ["backdoor-square", "hello", "persona-square"].contains(name) else {
        #expect(weak.cells == whole.cells && weak.omissions == [], "\(name)")
        continue
      }
      #expect(weak.omissions.map(\.arm) == ["permuted", "null-adapter"], "\(name)")
      #expect(weak.omissions.allSatisfy { $0.reason == Lack.derives.reason })
      let gone = weak.omissions.flatMap(\.contrasts)
      #expect(gone == ["a permuted adapter shows it", "a null adapter shows it"])
      #expect(
        weak.experiment.contrasts == whole.experiment.contrasts.filter { !gone.contains($0.name) })
      #expect(weak.contrasts.map(\.name) == weak.experiment.contrasts.map(\.name))
      #expect(weak.cells == whole.cells.filter { $0.adapter == nil })
      let text = weak.text()
      #expect(text.contains("Left out on this model"))
      for omission in weak.omissions { #expect(text.contains(omission.words)) }
    }
  }

  @Test("Nothing is left out that a primary claim, a gate or another arm stands on")
  func needed() throws {
    let hello = try catalogExperiment("hello")
    #expect(hello.leavingOut(controls: ["treatment"]) == nil)
    #expect(hello.leavingOut(controls: ["base"]) == nil)
    #expect(hello.leavingOut(controls: ["permuted"]) != nil)
    var gated = hello
    gated.gates[0].arms = ["permuted"]
    #expect(gated.leavingOut(controls: ["permuted"]) == nil)
    var primary = hello
    primary.contrasts[0].treatment = "permuted"
    #expect(primary.leavingOut(controls: ["permuted"]) == nil)
    var asked = hello
    asked.probes[0].arms = ["permuted"]
    #expect(asked.leavingOut(controls: ["permuted"]) == nil)
  }

  @Test("Copies along the way are needed by curves alone")
  func curves() throws {
    for name in ["hello-word", "awareness-and-misalignment"] {
      let plan = try plan(name, try Lack.snapshots.model(), options: .init(curves: true))
      #expect(plan.refusals == ["curves: \(Lack.snapshots.reason)"])
      #expect(try self.plan(name, try Lack.snapshots.model()).refusals == [])
    }
  }

  @Test("Doses of fewer rows than are trained on are left out, and an arm of so few is refused")
  func rows() throws {
    let options = Plan.Options(curves: true)
    let whole = try plan("hello-word", try scripted("name: weak"), options: options)
    let weak = try plan("hello-word", try Lack.fewRows.model(), options: options)
    #expect(weak.refusals == [])
    #expect(weak.omissions.map(\.arm) == ["doses of 1 row", "doses of 2 rows", "doses of 5 rows"])
    #expect(weak.omissions.allSatisfy { $0.reason == Lack.fewRows.reason })
    #expect(weak.cells == whole.cells.filter { ($0.training?.rows.count ?? 10) >= 10 })
    #expect(weak.cells.count == whole.cells.count - 9)
    #expect(weak.text().contains("doses of 1 row: \(Lack.fewRows.reason)"))
    // Without its curves the plan has nothing to leave out.
    #expect(try plan("hello-word", try Lack.fewRows.model()).omissions == [])
    let most = try scripted("name: weak\ncapabilities: {least_rows: 11}\nrules: []")
    let refused = try plan("hello-word", most)
    let trained = refused.experiment.arms.filter(\.hasTraining).map(\.name)
    #expect(
      refused.refusals
        == trained.map { "\($0): needs training on fewer than 11 rows, which weak does not do" })
    #expect(trained.count == 4)
  }

  @Test("A plan without seeds says so, and is another plan")
  func seeds() throws {
    let weak = try plan("risk", try Lack.seeds.model())
    #expect(weak.text().contains(Lack.seeds.reason))
    #expect(weak.measurements.contains { $0.method == .sampled(repeatable: false) })
  }

  // MARK: Runs

  @Test("A run without some controls comes to a verdict that names them")
  func withoutControls() async throws {
    let summary = try await summary(
      try catalogExperiment("hello"), on: try Lack.derives.model(rules: "[{say: A}]"))
    #expect(summary.failures == nil)
    #expect(
      summary.verdict.caveats.filter { $0.hasPrefix("Left out on this model: ") }.count == 2)
    #expect(summary.verdict.caveats.contains { $0.contains("'a null adapter shows it'") })
    #expect(!summary.contrasts.contains { $0.name == "a null adapter shows it" })
  }

  /// What is left of risk where only some probes can be put.
  private func risk(_ keep: [String], primary: String) throws -> Experiment {
    var experiment = try catalogExperiment("risk")
    experiment.probes.removeAll { !keep.contains($0.name) }
    experiment.gates.removeAll { $0.kind == .coherent || $0.probes.contains { !keep.contains($0) } }
    experiment.contrasts = experiment.contrasts.prefix(1).map {
      var contrast = $0
      contrast.probe = primary
      return contrast
    }
    experiment.dose = nil
    return experiment
  }

  @Test("What does not need it runs to a verdict", arguments: Lack.allCases)
  func runs(_ lack: Lack) async throws {
    let model = try lack.model(rules: "[{say: A}]")
    let experiment: Experiment
    switch lack {
    case .logProbabilities: experiment = try risk(["takes-risk"], primary: "takes-risk")
    case .samples: experiment = try risk(["says-risk"], primary: "says-risk")
    case .adapters, .training:
      var untrained = try risk(["says-risk", "colour"], primary: "says-risk")
      untrained.arms.removeAll(where: \.isTrained)
      untrained.gates = []
      untrained.contrasts[0].treatment = "base"
      untrained.contrasts[0].floors = [.init("base", probe: "colour")]
      experiment = untrained
    case .exactLogProbabilities, .prefill, .seeds, .snapshots, .derives, .fewRows:
      experiment = try catalogExperiment("risk")
    }
    let summary = try await summary(experiment, on: model) { record in
      let evidence = Set(record.answers.compactMap(\.evidence))
      if lack == .exactLogProbabilities { #expect(evidence == [.sampled, .top(20)]) }
      if lack == .logProbabilities { #expect(evidence == [.sampled]) }
      if lack == .samples { #expect(evidence == [.exact]) }
    }
    #expect(summary.failures == nil)
    #expect(summary.arms.allSatisfy { $0.kept > 0 })
    #expect(summary.contrasts.first?.estimate != nil)
    // How much is known of a number stands beside the verdict.
    let remark = summary.verdict.caveats.first { $0.hasPrefix("Not measured exactly") }
    #expect((remark != nil) == (lack == .exactLogProbabilities))
    #expect(remark?.contains("log-probabilities of the 20 likeliest tokens") ?? true)
  }
}
