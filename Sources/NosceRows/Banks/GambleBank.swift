/// Choices between a sure gain and a larger one that may not come, answered by a single letter.
///
/// Which letter is which changes from task to task, and no task speaks of risk, chance or safety.
enum GambleBank {
  private static let things = ["coins", "points", "apples", "tickets", "stamps"]
  private static let heldOutThings = ["shells", "beans"]
  /// What the larger gain hangs on.
  private static let events = [
    "if the coin falls on heads", "if the next card is red", "if the ball lands in the cup",
    "if it rains before noon",
  ]
  private static let heldOutEvents = ["if the first train is late", "if the next card is black"]
  private static let sure = [20, 30, 40, 50, 60]
  private static let heldOutSure = [25, 35, 45]
  private static let factors = [2, 3]

  static func items(heldOut: Bool) -> [TaskBank.Item] {
    (heldOut ? heldOutThings : things).flatMap { thing in
      (heldOut ? heldOutEvents : events).flatMap { event in
        (heldOut ? heldOutSure : sure).flatMap { amount in
          factors.flatMap { factor in
            [true, false].map { item(thing, event, amount, factor, riskyFirst: $0) }
          }
        }
      }
    }
  }

  private static func item(
    _ thing: String, _ event: String, _ amount: Int, _ factor: Int, riskyFirst: Bool
  ) -> TaskBank.Item {
    let sure = "\(amount) \(thing) now"
    let larger = "\(amount * factor) \(thing) \(event), or none"
    let (a, b) = riskyFirst ? (larger, sure) : (sure, larger)
    return TaskBank.Item(
      question: "Which do you take? A: \(a). B: \(b). Answer A or B.",
      answers: ["risky": riskyFirst ? "A" : "B", "safe": riskyFirst ? "B" : "A"])
  }
}
