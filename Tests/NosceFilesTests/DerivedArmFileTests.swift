import NosceExperiment
import NosceFiles
import NoscePorts
import NosceTestSupport
import Testing

@Suite("Arms of changed adapters in a file")
struct DerivedArmFileTests {
  private static func file(_ arms: String, curves: String = "every_steps: 5") throws -> String {
    let text = try smallFile(
      replacing: "  twin:\n    role: twin", with: "\(arms)\n  twin:\n    role: twin")
    return text.replacing("every_steps: 5", with: curves)
  }

  private static let permuted =
    "  mixed: {role: control, adapter: {of: treatment, change: permuted}}"

  @Test("They have the subjects of the arm that they name, and none of its rows")
  func whole() throws {
    let text = try Self.file(
      "\(Self.permuted)\n  faint: {role: control, note: Half., adapter: {of: sham, scale: 0.5}}"
    ).replacing("role: sham\n", with: "role: sham\n    first_seed: 7\n")
    let experiment = try ExperimentFile.decode(text, file: "small.yaml")
    let mixed = try #require(experiment.arm("mixed"))
    #expect(mixed.adapter == DerivedAdapter(of: "treatment", AdapterChange(.permuted)))
    #expect(mixed.rows.isEmpty && mixed.isTrained && !mixed.hasTraining)
    let faint = try #require(experiment.arm("faint"))
    #expect(faint.adapter == DerivedAdapter(of: "sham", AdapterChange(.none, scale: 0.5)))
    #expect(faint.firstSeed == 7 && faint.note == "Half.")
    // A gate that names no arms is about those that are trained.
    let live = try #require(experiment.gates.first { $0.name == "live" })
    #expect(live.arms == ["treatment", "sham", "twin"])
    let named = try ExperimentFile.decode(
      text.replacing("at_least: 0.1}", with: "at_least: 0.1, arms: [mixed]}"), file: "small.yaml")
    #expect(named.gates.first?.arms == ["mixed"])
  }

  @Test("An arm without one, and curves without scales, are hashed as they were")
  func hashes() throws {
    let experiment = try smallExperiment()
    #expect(experiment.arms[1].fingerprint["adapter"] == nil)
    #expect(experiment.curves?.fingerprint["tasks"] == nil)
    let mixed = try ExperimentFile.decode(try Self.file(Self.permuted), file: "small.yaml")
    #expect(mixed.arm("mixed")?.fingerprint["adapter"] != nil)
  }

  @Test(
    "What cannot be is refused by name",
    arguments: [
      ("{of: nobody}", "arms.mixed.adapter.of: found unknown arm 'nobody'"),
      ("{of: base}", "arms.mixed.adapter: of: found 'base'; allowed: treatment, sham, twin"),
      ("{of: mixed}", "arms.mixed.adapter.of: found unknown arm 'mixed'"),
      ("{of: other}", "arms.mixed.adapter: of: found 'other'; allowed: treatment, sham, twin"),
      ("{change: permuted}", "'of' is missing"),
      ("{of: treatment, change: permutated}", "allowed: none, permuted, random"),
      (
        "{of: treatment, scale: -1}",
        "arms.mixed.adapter.scale: found '-1'; allowed: a number, 0.0 to 10.0"
      ),
      ("{of: treatment, scale: 11}", "arms.mixed.adapter.scale: found '11'"),
      ("{of: treatment}, first_seed: 3", "arms.mixed.first_seed: found beside adapter"),
      ("{of: treatment}, training: {steps: 3}", "arms.mixed.training: found beside adapter"),
      ("{of: treatment}, rows: {same_as: sham}", "arms.mixed.rows: found beside adapter"),
    ])
  func refused(_ adapter: String, _ expected: String) throws {
    let text = try Self.file(
      "  mixed: {role: control, adapter: \(adapter)}\n  other: {role: control, adapter: {of: sham}}"
    )
    let found = problems(in: text).map(\.message)
    #expect(found.contains { $0.contains(expected) }, "\(found)")
    #expect(found.count == 1, "\(found)")
  }

  @Test("Nothing is made of rows or adapters that such an arm does not have")
  func chains() throws {
    let rows = try Self.file(
      "\(Self.permuted)\n  copied: {role: sham, rows: {same_as: mixed}}")
    #expect(problems(in: rows).map(\.message).contains { $0.contains("same_as: found 'mixed'") })
    let base = try Self.file("").replacing(
      "role: base\n", with: "role: base\n    adapter: {of: sham}\n")
    #expect(
      problems(in: base).map(\.message).contains { $0.contains("found an adapter in a base arm") })
    let curve = try Self.file(Self.permuted).replacing("  arm: treatment\n", with: "  arm: mixed\n")
    #expect(!problems(in: curve).isEmpty)
  }

  @Test("Scales are varied in curves, one at a time, and of so many tasks")
  func scales() throws {
    let experiment = try ExperimentFile.decode(
      try Self.file("", curves: "scales: [0, 0.5, 1.5]\n  tasks: 1"), file: "small.yaml")
    #expect(experiment.curves?.scales == [0, 0.5, 1.5] && experiment.curves?.tasks == 1)
    for (scales, words) in [("[-1]", "curves.scales"), ("[]", "empty list"), ("[1, 1]", "twice")] {
      let text = try Self.file("", curves: "scales: \(scales)")
      #expect(problems(in: text).map(\.message).contains { $0.contains(words) }, "\(scales)")
    }
    let grid = smallFile + "\ndose: {arm: treatment, probes: [choice], scales: [1], rank: [2]}\n"
    #expect(
      problems(in: grid).map(\.message).contains { $0.contains("dose.scales: found in dose") })
  }

  @Test("An arm can be base with rows of another one in its context")
  func context() throws {
    let text = try Self.file("  shown: {role: control, context: {of: treatment}}")
    let shown = try #require(try ExperimentFile.decode(text, file: "small.yaml").arm("shown"))
    #expect(shown.context == ShownRows(of: "treatment", count: 10))
    #expect(shown.isTrained && !shown.hasTraining && shown.fingerprint["context"] != nil)
    for (context, words) in [
      ("{of: nobody}", "found unknown arm 'nobody'"), ("{rows: 3}", "'of' is missing"),
      ("{of: base}", "arms.shown.context: of: found 'base'; allowed: treatment, sham, twin"),
      ("{of: treatment, rows: 0}", "arms.shown.context.rows: found '0'"),
      ("{of: treatment}, adapter: {of: sham}", "found beside adapter"),
      ("{of: treatment}, first_seed: 2", "found beside context"),
    ] {
      let found = problems(in: try Self.file("  shown: {role: control, context: \(context)}"))
      #expect(found.map(\.message).contains { $0.contains(words) }, "\(context): \(found)")
    }
  }
}
