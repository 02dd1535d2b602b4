/// Seconds that pieces of work take on one machine, as measured by whoever knows the backend.
///
/// The defaults are the bundled organism's on one core of the machine that `docs/LOG.md` names.
package struct WorkRates: Sendable, Hashable {
  package var perSubject: Double
  package var perTrainingRow: Double
  package var perSampledAnswer: Double
  package var perScoredAnswer: Double

  package init(
    perSubject: Double = 0.05, perTrainingRow: Double = 0.0016,
    perSampledAnswer: Double = 0.0015, perScoredAnswer: Double = 0.0001
  ) {
    self.perSubject = perSubject
    self.perTrainingRow = perTrainingRow
    self.perSampledAnswer = perSampledAnswer
    self.perScoredAnswer = perScoredAnswer
  }
}
