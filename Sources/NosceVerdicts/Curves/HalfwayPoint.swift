/// When half of a change along training was made: which of two scores rises first.
package enum HalfwayPoint {
  /// A score that ends nearer to where it began has not moved.
  package static let smallestChange = 0.1

  /// The step at which a course first reaches the middle between its start and its end, with
  /// straight lines between the steps that were asked after; nil where it did not move.
  package static func step(from start: Double, course: [(step: Int, score: Double)]) -> Double? {
    let course = course.sorted { $0.step < $1.step }
    guard let end = course.last?.score, abs(end - start) >= smallestChange else { return nil }
    let middle = (start + end) / 2
    var before = (step: 0.0, score: start)
    for point in course {
      let here = (step: Double(point.step), score: point.score)
      let isReached = end > start ? here.score >= middle : here.score <= middle
      if isReached {
        let share = (middle - before.score) / (here.score - before.score)
        return before.step + share * (here.step - before.step)
      }
      before = here
    }
    return nil
  }
}
