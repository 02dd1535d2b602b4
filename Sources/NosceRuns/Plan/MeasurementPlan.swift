import Foundation
import NosceCore
import NosceExperiment
import NoscePorts

/// How one probe is measured on a model.
package struct PlannedMeasurement: Codable, Sendable, Hashable {
  package enum Method: Codable, Sendable, Hashable {
    /// Answers are drawn; the same seed gives the same answer, or it does not.
    case sampled(repeatable: Bool)
    /// The log-probabilities of the probe's own texts.
    case exact
    /// The probe's texts, as far as they are among the so many likeliest.
    case top(Int)
    /// The shares of so many drawn answers that begin with the probe's texts.
    case drawn(Int)
    /// Nothing is asked: one score less another.
    case difference
    /// Why it cannot be measured on this model.
    case refused(String)
  }

  package var probe: String
  package var method: Method

  package init(probe: String, method: Method) {
    self.probe = probe
    self.method = method
  }
}

extension PlannedMeasurement.Method {
  package var refusal: String? { if case .refused(let reason) = self { reason } else { nil } }

  /// Whether probabilities are known only as far as tokens are named, or by answers that are drawn.
  package var isEstimate: Bool {
    switch self {
    case .top, .drawn: true
    case .sampled, .exact, .difference, .refused: false
    }
  }

  /// As it is hashed.
  var text: String {
    switch self {
    case .sampled(let repeatable): repeatable ? "sampled" : "sampled-anew"
    case .exact: "exact"
    case .top(let count): "top-\(count)"
    case .drawn(let count): "drawn-\(count)"
    case .difference: "difference"
    case .refused: "refused"
    }
  }

  /// As a person reads it.
  package var words: String {
    switch self {
    case .sampled(true): "sampled, the same again for the same seed"
    case .sampled(false): "sampled, another time otherwise"
    case .exact: "exact log-probabilities"
    case .top(let count):
      "log-probabilities of the \(count) likeliest tokens; a text that is not among them is asked again by "
        + "drawn answers, or has no score"
    case .drawn(let count):
      "shares of \(count) drawn answers, each known to "
        + String(format: "%.2f", 0.5 / Double(count).squareRoot())
        + " or better (one standard error)"
    case .difference: "from the scores of both"
    case .refused(let reason): "cannot be measured: \(reason)"
    }
  }

  /// Answers that are drawn for one number; nil where none are.
  var draws: Int? { if case .drawn(let count) = self { count } else { nil } }

  /// How a rating is read, as a person reads it.
  var ratingWords: String {
    switch self {
    case .top(let count):
      "log-probabilities of the \(count) likeliest tokens, and drawn answers where those do not settle it"
    case .drawn(let count): Counted.text(count, "drawn answer")
    default: words
    }
  }
}

/// Decides before anything is spent how a model is measured, and what cannot be.
struct MeasurementPlan {
  let model: any ModelProvider
  let judge: (any ModelProvider)?

  private var name: String { model.identity.name }
  private var can: Capabilities { model.capabilities }

  func measurements(of experiment: Experiment) -> [PlannedMeasurement] {
    experiment.probes.map { PlannedMeasurement(probe: $0.name, method: method(of: $0)) }
  }

  private func method(of probe: Probe) -> PlannedMeasurement.Method {
    if probe.difference != nil { return .difference }
    let begins = probe.prompt?.prefills ?? false
    if begins || probe.kind == .outsideReader, !can.prefill {
      return .refused("needs answers with a given beginning, which \(name) does not take")
    }
    if probe.scoredTexts == nil || probe.prompt?.then != nil, !can.samples {
      return .refused("needs answers that are drawn, which \(name) does not give")
    }
    guard probe.scoredTexts != nil else { return .sampled(repeatable: can.seeds) }
    switch can.scoring {
    case .exact: return .exact
    case .top(let count) where count > 0 && takesLikeliest(probe): return .top(count)
    case .drawn(let count) where count > 0 && takesLikeliest(probe): return .drawn(count)
    case .top, .drawn, .none:
      return .refused("needs exact log-probabilities, which \(name) does not give")
    }
  }

  /// Whether the likeliest tokens can do: for what is read off as shares, and not for texts that
  /// compete in rank or against base, most of which would be unknown.
  private func takesLikeliest(_ probe: Probe) -> Bool {
    guard let choices = probe.choices else {
      return probe.kind != .topic && probe.kind != .plainLanguage
    }
    return choices.scoring == .share && !choices.minusBase && choices.ending == .open
  }

  static func lacksRows(_ least: Int, of name: String) -> String {
    "needs training on fewer than \(Counted.text(least, "row")), which \(name) does not do"
  }

  static func lacksDerivation(_ name: String) -> String {
    "needs adapters that are made of trained ones, which \(name) does not do"
  }

  /// How the judge's ratings are read; nil where by exact log-probabilities, or where nothing is rated.
  func judgeMethod(of experiment: Experiment) -> PlannedMeasurement.Method? {
    guard let judge else { return nil }
    let judgings = experiment.probes.compactMap(\.judging)
    if judgings.isEmpty { return nil }
    let name = judge.identity.name
    let (rates, writes) = (judgings.contains(where: \.rates), judgings.contains(where: \.writes))
    switch judge.capabilities.rating {
    case _ where writes && !judge.capabilities.samples:
      return .refused("needs to write, which \(name) does not")
    case .exact: return nil
    case _ where !rates: return nil
    case .top
    where judge.capabilities.scoring == .exact && !judgings.contains(where: \.hasLongScale):
      return nil
    case .top(let count) where count > 0: return .top(count)
    case .top, .drawn, .none:
      return judge.capabilities.samples
        ? .drawn(judge.capabilities.ratingDraws)
        : .refused("needs log-probabilities or answers that are drawn, of which \(name) gives none")
    }
  }

  /// What the arms, the curves and the judge need and do not have.
  func obstacles(to cells: [PlannedCell], of experiment: Experiment) -> [String] {
    var obstacles: [String] = []
    let writing = experiment.arms.first { arm in arm.rows.contains(where: \.hasWrittenLines) }
    if let arm = writing?.name, !can.starts || !can.samples {
      obstacles.append(
        "\(arm): needs answers whose lines begin with given letters, which \(name) does not write")
    }
    let answering = experiment.arms.first { arm in
      arm.rows.contains { $0.isSelfWritten && !$0.hasWrittenLines }
    }
    if let arm = answering?.name, can.scoring != .exact {
      obstacles.append(
        "\(arm): needs the likeliest of given answers, of which \(name) gives no exact log-probability"
      )
    }
    let trainings = cells.compactMap(\.training)
    if let arm = cells.first(where: { $0.training != nil })?.arm {
      if model.trainer == nil {
        obstacles.append("\(arm): needs fine-tuning, which \(name) does not have")
      } else if !can.adapters {
        obstacles.append("\(arm): needs to be asked with an adapter, which \(name) cannot be")
      }
    }
    let least = model.trainer?.leastRows ?? 1
    var few: [String] = []
    for cell in cells where (cell.training?.rows.count ?? least) < least && !few.contains(cell.arm)
    {
      few.append(cell.arm)
    }
    obstacles += few.map { "\($0): \(Self.lacksRows(least, of: name))" }
    if let cell = cells.first(where: { $0.adapter != nil }), !can.derives {
      let what = cell.isMain ? cell.arm : "curves: scales"
      obstacles.append("\(what): \(Self.lacksDerivation(name))")
    }
    for cell in cells {
      guard let adapter = cell.adapter, adapter.change.kind == .permuted else { continue }
      let source = cells.first { $0.id == adapter.cell }
      if let rank = source?.training?.settings.rank, rank < 2 {
        obstacles.append(
          "\(cell.arm): found adapters of rank \(rank), which have one column; allowed: rank 2 or more, "
            + "of which columns can be exchanged")
        break
      }
    }
    if trainings.contains(where: { !$0.snapshotSteps.isEmpty }),
      model.trainer?.keepsSnapshots == false
    {
      obstacles.append("curves: need copies along the way, which the trainer of \(name) keeps not")
    }
    if let reason = judgeMethod(of: experiment)?.refusal {
      for probe in experiment.probes where probe.judging != nil {
        obstacles.append("\(probe.name): the judge \(reason)")
      }
    }
    return obstacles
  }
}
