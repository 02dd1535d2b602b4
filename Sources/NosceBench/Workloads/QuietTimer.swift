/// How much else was running while the repetitions were timed.
package struct Disturbance: Sendable {
  /// The largest share of the machine's cores that other programs took during a counted try.
  package var others: Double
  /// Tries made, those that were not counted included.
  package var tries: Int
}

/// Times repetitions of some work, and prefers those that nothing else on the machine disturbed.
///
/// A try is as many repetitions as fill a fifth of a second, since the system counts its cores' time
/// in hundredths. Three tries are wanted during which other programs took less than 4% of the cores;
/// after fifteen, or when patience is over, the quietest three have to do. Where the system does not
/// tell, the first three count.
struct QuietTimer {
  private static let wanted = 3
  private static let maximumTries = 15
  private static let quiet = 0.04
  private static let minimumSeconds = 0.2

  let patience: Double

  private struct Try {
    var others: Double
    var seconds: [Double]
  }

  /// Seconds of each counted repetition.
  func measure(_ work: () throws -> Void) rethrows -> (seconds: [Double], Disturbance?) {
    let clock = ContinuousClock()
    let start = clock.now
    var tries: [Try] = []
    while true {
      let before = ProcessorTime.now
      let began = clock.now
      var seconds: [Double] = []
      repeat {
        let from = clock.now
        try work()
        seconds.append((clock.now - from) / .seconds(1))
      } while (clock.now - began) / .seconds(1) < Self.minimumSeconds
      let others = ProcessorTime.now.flatMap { now in before.map { now.shareOfOthers(since: $0) } }
      tries.append(Try(others: others ?? 0, seconds: seconds))
      let quiet = tries.filter { $0.others < Self.quiet }
      let isOver =
        tries.count >= Self.maximumTries
        || (tries.count >= Self.wanted && (clock.now - start) / .seconds(1) > patience)
      guard quiet.count >= Self.wanted || isOver else { continue }
      let counted =
        quiet.count >= Self.wanted
        ? quiet : Array(tries.sorted { $0.others < $1.others }.prefix(Self.wanted))
      let disturbance = before.map { _ in
        Disturbance(others: counted.map(\.others).max() ?? 0, tries: tries.count)
      }
      return (counted.flatMap(\.seconds), disturbance)
    }
  }
}
