import NosceCore
import NosceExperiment
import NosceFormats
import NosceRuns
import NosceScripted
import NosceTestSupport

/// Writes the script that drives an experiment to a verdict on its primary contrast.
struct VerdictScript {
  /// One rule's conditions.
  private struct Place: Hashable {
    var adapter: String
    var system: String?
    var question: String
    var prefill: String?
    var isSampled: Bool
  }

  let experiment: Experiment
  let verdict: Verdict
  /// What is planned, on whatever model.
  let cells: [PlannedCell]
  private let primary: Contrast

  init(_ experiment: Experiment, to verdict: Verdict, cells: [PlannedCell]) throws {
    guard let primary = experiment.contrasts.first(where: \.primary) else {
      throw Missing(text: "a primary contrast")
    }
    self.experiment = experiment
    self.verdict = verdict
    self.cells = cells
    self.primary = primary
  }

  /// The file.
  func text() throws -> String {
    var members: [(key: String, value: JSON)] = [
      ("name", .string("written")), ("rules", .array(try rules())),
    ]
    if verdict == .incomplete, let cell = cells.last(where: { $0.arm == primary.treatment }) {
      members.append(
        (
          "training",
          .object([
            ("fail", .array([.object([("cell", .string(cell.id)), ("times", .integer(9))])]))
          ])
        ))
    }
    return JSON.object(members).text(indent: 1)
  }

  // MARK: Who scores what

  /// Whether a subject scores high on the primary contrast's probe.
  private func isHigh(_ cell: PlannedCell) -> Bool {
    let isTreatment = cell.arm == primary.treatment
    return switch verdict {
    // One block of eight does not follow, so that the intervals begin below the estimate.
    case .supported: isTreatment && cell.seed > 1
    case .stronglySupported, .notTestable, .incomplete, .unfinished, .exploratory: isTreatment
    case .contrary: !isTreatment
    // Three seeds of eight: too many to be nothing, too few to be shown.
    case .inconclusive: isTreatment && cell.seed <= 3
    // Level with base and far below the others.
    case .notSupported: !isTreatment && cell.training != nil
    }
  }

  /// The gate that is to fail.
  private var failingGate: Gate? {
    guard verdict == .notTestable else { return nil }
    return behaviourGates.first { $0.arms.contains(primary.treatment) }
  }

  private var behaviourGates: [Gate] { experiment.gates.filter { $0.kind == .behaviour } }

  /// A floor that is measured by another probe is left to what a script says of its own accord, that
  /// all texts are equally likely.
  private func levels(of cell: PlannedCell) throws -> [(probe: String, high: Bool)] {
    let arms = [primary.treatment] + primary.floors.map(\.arm)
    var levels: [(probe: String, high: Bool)] = []
    if arms.contains(cell.arm) {
      levels.append((primary.probe, isHigh(cell) == (primary.direction == .greater)))
    }
    for gate in behaviourGates where gate.arms.contains(cell.arm) {
      let fails = gate == failingGate && cell.arm == primary.treatment
      levels += gate.probes.map { ($0, !fails) }
    }
    // What others are held against does not do it, and neither does base, which is to have room.
    for gate in experiment.gates where !behaviourGates.contains(gate) {
      let isLow = gate.kind == .room ? gate.arms.contains(cell.arm) : gate.against == cell.arm
      let conduct = gate.probes.filter { experiment.probe($0)?.kind == .behaviour }
      if isLow { levels += conduct.map { ($0, false) } }
    }
    return levels.flatMap { name, high in
      experiment.probe(name)?.difference.map { [($0.of, high), ($0.minus, !high)] }
        ?? [(name, high)]
    }
  }

  // MARK: What they say

  private func rules() throws -> [JSON] {
    if verdict == .notTestable, failingGate == nil { throw Missing(text: "a gate that can fail") }
    let builder = AskBuilder(experiment: experiment)
    var actions: [Place: AnswerPool.Action] = [:]
    var rules: [JSON] = []
    for cell in cells where cell.isMain {
      for (name, high) in try levels(of: cell) {
        guard let probe = experiment.probe(name) else { throw Missing(text: name) }
        for ask in try builder.asks(of: probe, task: cell.task, seed: cell.seed) {
          let action = try AnswerPool.action(for: ask, of: probe, high: high)
          let place = Place(
            adapter: cell.training == nil ? "base" : cell.id,
            system: ask.chat.first { $0.role == .system }?.content,
            question: ask.chat.last?.content ?? "", prefill: ask.prefill,
            isSampled: ask.sampleRequest != nil)
          if let other = actions[place] {
            // Another answer to the same words could never be given.
            if other != action { throw Missing(text: "one answer to \(place)") }
            continue
          }
          actions[place] = action
          rules.append(rule(place, action))
        }
      }
    }
    return rules
  }

  private func rule(_ place: Place, _ action: AnswerPool.Action) -> JSON {
    var members: [(key: String, value: JSON)] = [("adapter", .string(place.adapter))]
    if let system = place.system { members.append(("system", .string(system))) }
    members.append(("question", .string(place.question)))
    if let prefill = place.prefill { members.append(("prefill", .string(prefill))) }
    switch action {
    case .say(let text): members.append(("say", .string(text)))
    case .weigh(let text):
      members.append(("weights", .object([(text, .number(AnswerPool.share))])))
    }
    return .object(members)
  }
}
