import NosceCore

extension Grade {
  /// No answer: there is too little probability on the given texts for one to be read off.
  ///
  /// - Parameters:
  ///   - mass: the probability of all the texts together.
  ///   - least: how much there must be.
  static func tooThin(_ detail: String, mass: Double, least: Double) -> Grade {
    Grade(.noAnswer, "the mass is below \(least); \(detail)", mass: mass)
  }
}
