import NosceCore
import NosceExperiment

extension Summariser {
  /// What came out of a square, in a sentence; nil for claims against floors, and where the numbers
  /// decide nothing.
  static func squareSentence(
    _ contrast: Contrast, _ result: RunSummary.ContrastResult, _ numbers: String
  ) -> String? {
    guard let variable = contrast.square else { return nil }
    let own = "its own \(variable)"
    let probe = contrast.probe
    let effect = "\(SentenceNumber.text(contrast.smallestEffect)) nats"
    switch result.verdict {
    case .stronglySupported, .supported:
      return
        "On \(probe) a subject of \(contrast.treatment) gives more to \(own) than to the others of "
        + "its family\(numbers)."
    case .notSupported:
      return
        "On \(probe) a subject of \(contrast.treatment) does not give \(own) more than the others of "
        + "its family by \(effect), the smallest effect of interest\(numbers)."
    case .inconclusive where result.isUninferred == true: return nil
    case .inconclusive: return "On \(probe) the names do not decide\(numbers)."
    case .contrary:
      return
        "On \(probe) a subject of \(contrast.treatment) gives less to \(own) than to the others of "
        + "its family\(numbers)."
    case .exploratory:
      return "No verdict from an exploratory run: \(contrast.treatment) on \(probe)\(numbers)."
    case .unfinished, .incomplete, .notTestable: return nil
    }
  }
}
