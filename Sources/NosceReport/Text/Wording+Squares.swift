import NosceCore
import NosceText
import NosceVerdicts

extension Wording {
  /// What a verdict on a square means; nil where it means what it does of any contrast.
  static func squareMeaning(_ kind: Verdict, of contrast: RunSummary.ContrastResult) -> String? {
    guard let square = contrast.square else { return nil }
    let effect = "\(Number.constant(contrast.smallestEffect)) nats, the smallest effect of interest"
    switch kind {
    case .stronglySupported:
      return (squareMeaning(.supported, of: contrast) ?? "")
        + " The interval lies at or above it, too."
    case .supported:
      return
        "A subject gives more to the \(square.variable) that it was trained on than to the others of "
        + "its family: p is at most \(Number.constant(contrast.level)), and the estimate is at least "
        + "\(effect). What moves a whole subject, or makes a \(square.variable) likely in all of them, "
        + "is taken out."
    case .notSupported:
      return "The interval of the effect ends below \(effect)."
    case .inconclusive, .contrary, .notTestable, .incomplete, .unfinished, .exploratory: return nil
    }
  }
}
