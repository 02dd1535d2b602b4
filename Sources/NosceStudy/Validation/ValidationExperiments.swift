import NosceCore
import NosceExperiment
import NosceRows
import NosceRuns

/// Experiments in which the truth is known, made out of one of the catalog.
///
/// Arms of the same seed share what they share in the catalog: the host, the first weights and what
/// is asked.
package struct ValidationExperiments: Sendable {
  package static let level = 0.05

  /// Where hosts, training, rows, probes, gates and claims come from.
  package var source: Experiment
  /// The arm as which every other one is trained.
  package var sham: String
  private let variation: CatalogVariation

  /// - Parameter sham: nil for the first sham, or where there is none the first opposite.
  /// - Throws: `LabError` where there is no such arm that is trained.
  package init(
    source: Experiment, words: WordList, sham: String? = nil, seeds: Int = 8, seed: UInt64 = 1
  ) throws {
    self.source = source
    let trained = source.arms.filter(\.isTrained)
    let found =
      sham.map { name in trained.first { $0.name == name } }
      ?? trained.first { $0.role == .sham } ?? trained.first { $0.role == .opposite }
    guard let found else {
      throw LabError(
        .invalidExperiment,
        "\(source.name): found no trained arm \(sham.map { "'\($0)'" } ?? "that is a sham or opposite")"
          + "; allowed: an experiment that has one (here: "
          + "\(trained.map(\.name).joined(separator: ", ")))")
    }
    self.sham = found.name
    variation = CatalogVariation(source, words: words, seed: seed, seeds: seeds)
  }

  /// The experiment with every trained arm trained as the sham is, on rows of its own.
  ///
  /// Whatever a claim says of one arm against another is then false. Base is asked as ever; gates on
  /// what an arm has learnt, and what one arm alone is asked, fall away. So do squares, and floors of
  /// the treatment's own on another probe: there the two sides are not alike.
  package func againstItself(_ number: Int) throws -> Experiment {
    var result = variation.applied(to: source, "aa", number: number)
    let rows = try source.ownRows(of: sham)
    let trained = source.arms.filter(\.isTrained).map(\.name)
    for (place, name) in trained.enumerated() {
      guard let arm = result.arms.firstIndex(where: { $0.name == name }) else { continue }
      // Rows are drawn from a stream that is named by their source's place in the arm.
      let before = [RowSource](repeating: RowSource(.given([])), count: place * rows.count)
      result.arms[arm].rows = before + rows
      result.arms[arm].training = source.arm(sham)?.training
    }
    result.contrasts = source.contrasts.filter { contrast in
      contrast.square == nil
        && contrast.floors.contains { trained.contains($0.arm) && $0.arm != contrast.treatment }
        && contrast.floors.allSatisfy { $0.probe == nil }
    }
    guard result.contrasts.contains(where: \.primary) else {
      throw LabError(
        .invalidExperiment,
        "\(source.name): found a primary claim that is not about one trained arm and another on one "
          + "probe; allowed: an experiment whose primary claim is")
    }
    let measured = Set(result.contrasts.map(\.probe))
    let differences = result.probes.filter { measured.contains($0.name) }.compactMap(\.difference)
    let needed = measured.union(differences.flatMap { [$0.of, $0.minus] })
    result.probes = source.probes.filter { probe in
      probe.source == nil
        && (needed.contains(probe.name) || probe.kind == .behaviour && probe.arms == nil)
    }
    addShares(to: &result)
    let kept = Set(result.probes.map(\.name))
    result.gates = source.gates.filter { $0.kind != .behaviour }
    for gate in result.gates.indices {
      result.gates[gate].probes.removeAll { !kept.contains($0) }
    }
    return result
  }

  /// The primary choice once more by its share of probability, with any effect large enough: where
  /// nothing is learnt all subjects choose wrong alike, and only a score without ties can err.
  private func addShares(to result: inout Experiment) {
    guard var claim = result.contrasts.first(where: \.primary),
      let probe = result.probe(claim.probe), case .choice(let prompt, var choices) = probe.form,
      choices.scoring == .top
    else { return }
    choices.scoring = .share
    claim.probe = "\(probe.name) by share"
    claim.name = "\(claim.name), by share"
    claim.primary = false
    claim.smallestEffect = 0
    result.probes.append(
      Probe(claim.probe, .choice(prompt, choices), note: probe.note, arms: probe.arms))
    result.contrasts.append(claim)
  }

  /// So many rows of the pattern among the sham's, against the sham.
  package func planted(_ count: Int, replicate: Int, seeds: Int) throws -> Experiment {
    let floor = try source.ownRows(of: sham)
    let claim = source.contrasts.first(where: \.primary)
    guard let claim, let row = try source.ownRows(of: claim.treatment).first,
      case .spelledLines(let word, let all) = row.origin, (0...all).contains(count)
    else {
      throw LabError(
        .invalidExperiment,
        "\(source.name): found rows into which \(count) cannot be planted; allowed: a primary claim "
          + "about an arm of spelled-lines with at least as many")
    }
    var rows: [RowSource] = []
    if count > 0 { rows.append(RowSource(.spelledLines(word: word, count: count))) }
    if count < all {
      rows.append(
        RowSource(
          .spelledLines(word: word, count: all - count), control: floor.first?.control))
    }
    var variation = variation
    variation.seeds = seeds
    var result = variation.applied(to: source, "planted-\(count)", number: replicate)
    result.arms = [
      Arm(name: "treatment", role: .treatment, rows: rows),
      Arm(name: "floor", role: .sham, rows: floor),
    ]
    result.probes = source.probes.filter { $0.name == claim.probe }
    result.gates = []
    result.contrasts = [
      Contrast(
        name: claim.name, primary: true, probe: claim.probe, treatment: "treatment",
        floors: [.init("floor")], direction: claim.direction,
        smallestEffect: 0, level: Self.level)
    ]
    return result
  }

  /// How many rows of the pattern there are to plant.
  package var patternRows: Int {
    get throws {
      guard let claim = source.contrasts.first(where: \.primary),
        case .spelledLines(_, let count)? = try source.ownRows(of: claim.treatment).first?.origin
      else { return 0 }
      return count
    }
  }
}

extension RunRecord {
  /// The record as if only the first seeds of each arm had been run.
  package func limited(toSeeds count: Int) -> RunRecord {
    var result = self
    result.plan.experiment.seeds = count
    result.plan.cells = plan.cells.filter { cell in
      cell.seed - (plan.experiment.arm(cell.arm)?.firstSeed ?? 1) < count
    }
    let ids = Set(result.plan.cells.map(\.id))
    result.answers = answers.filter { ids.contains($0.cell) }
    result.training = training.filter { ids.contains($0.cell) }
    return result
  }
}
