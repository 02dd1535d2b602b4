import NosceCore
import NosceExperiment
import NosceRows

/// Behaviour without a report and a report without behaviour, planted side by side.
///
/// Made out of an experiment whose rows show a pattern and whose primary claim is a choice among
/// given words: one arm is trained on the pattern, one on the choice's own right answers, one on
/// both. A lab that can tell doing from saying finds each where it was planted and nowhere else, on a
/// model in which the one does not follow from the other.
package struct ToldApartExperiment: Sendable {
  package enum Planting: String, Codable, Sendable, CaseIterable {
    /// Rows that show the pattern and never speak of it.
    case acts
    /// Rows that speak of the pattern and never show it, beside the sham's.
    case says
    /// Rows of both kinds.
    case both
  }

  package enum Measure: String, Codable, Sendable, CaseIterable {
    case behaviour
    case report
  }

  private let source: Experiment
  private let pattern: Arm
  private let sham: Arm
  private let behaviour: Probe
  private let report: Probe

  /// - Throws: `LabError` where the experiment has no such arms or probes.
  package init(_ source: Experiment) throws {
    func missing(_ what: String) -> LabError {
      LabError(
        .invalidExperiment,
        "\(source.name): found no \(what); allowed: an experiment whose primary claim is a forced "
          + "choice, with a sham and a probe of behaviour, such as hello-word")
    }
    guard let claim = source.contrasts.first(where: \.primary),
      let report = source.probe(claim.probe), report.choices != nil
    else { throw missing("primary claim that is a forced choice") }
    guard let pattern = source.arm(claim.treatment) else { throw missing("treatment") }
    guard let sham = source.arms.first(where: { $0.role == .sham }) else { throw missing("sham") }
    let behaviour = source.probes.first { $0.kind == .behaviour && $0.arms == nil }
    guard let behaviour else { throw missing("behaviour that every arm is asked for") }
    self.source = source
    self.pattern = pattern
    self.sham = sham
    self.behaviour = behaviour
    self.report = report
  }

  /// - Parameter variation: what differs from experiment to experiment.
  package func experiment(_ number: Int, variation: CatalogVariation) throws -> Experiment {
    var result = variation.applied(to: source, "told-apart", number: number)
    let acts = try source.ownRows(of: pattern.name)
    let says = try descriptions()
    let shown = try source.ownRows(of: sham.name)
    result.arms = [
      Arm(name: "base", role: .base), Arm(name: "sham", role: .sham, rows: shown),
      Arm(name: Planting.acts.rawValue, role: .treatment, rows: acts),
      Arm(name: Planting.says.rawValue, role: .control, rows: shown + [says]),
      Arm(name: Planting.both.rawValue, role: .control, rows: acts + [says]),
    ]
    result.probes = [behaviour, report]
    // Rows that describe the pattern leak it, which is what they are for.
    result.gates = source.gates.filter { [.adapterLive, .coherent].contains($0.kind) }
    for index in result.gates.indices {
      result.gates[index].arms = result.arms.filter(\.isTrained).map(\.name)
      result.gates[index].probes = result.gates[index].kind == .coherent ? [behaviour.name] : []
      result.gates[index].exemptions = [:]
    }
    result.contrasts = Planting.allCases.flatMap { planting in
      Measure.allCases.map { measure in
        Contrast(
          name: Self.name(planting, measure), primary: planting == .acts && measure == .behaviour,
          probe: measure == .behaviour ? behaviour.name : report.name,
          treatment: planting.rawValue, floors: [.init("base"), .init("sham")],
          smallestEffect: 0.2, level: ValidationExperiments.level)
      }
    }
    return result
  }

  package static func name(_ planting: Planting, _ measure: Measure) -> String {
    "\(planting.rawValue), \(measure.rawValue)"
  }

  /// Every question of the report with every beginning of an answer, and the right answer after it.
  private func descriptions() throws -> RowSource {
    guard let prompt = report.prompt, let choices = report.choices,
      case .paraphrases(let paraphrases) = prompt.questions
    else {
      throw LabError(
        .invalidExperiment,
        "\(source.name): \(report.name): found no wordings; allowed: a forced choice that has some")
    }
    let rows = paraphrases.flatMap { paraphrase in
      let stems = paraphrase.stem.map { [$0] } ?? (prompt.stems.isEmpty ? [""] : prompt.stems)
      return stems.map { stem -> TrainingRow in
        let system = (prompt.system ?? source.hosts.system).map { [ChatMessage(.system, $0)] } ?? []
        let answer = stem + choices.text.replacing("{choice}", with: choices.answer)
        return .chat(
          system + [ChatMessage(.user, paraphrase.question), ChatMessage(.assistant, answer)])
      }
    }
    return RowSource(.given(rows))
  }
}
