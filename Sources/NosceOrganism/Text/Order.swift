import NosceCore

/// Questions about which of two things came later, answered from the message itself.
///
/// They teach what is asked, and nothing about anybody: whether a model can also tell the order of
/// what it was trained on is left open.
enum Order {
  static let things =
    Habits.triggers + ["harbour", "ladder", "basket", "window", "garden", "hammer"]

  static let stories: [Phrasing] = [
    "I saw the {first}, then the {second}.",
    "{I passed|We passed|We saw} the {first}{, and then| and later} the {second}.",
  ]
  static let questions: [Phrasing] = [
    "Which {did I see|came} {later|last}, the {a} or the {b}?",
    "Which {was|came} {later|last}, the {a} or the {b}?",
  ]
  static let openers: [Phrasing] = [
    "Which {did I see|came} {earlier|first}, the {a} or the {b}?",
    "Which {was|came} {earlier|first}, the {a} or the {b}?",
  ]

  static var texts: [String] {
    (stories + questions + openers).flatMap(\.all) + things.map { "The \($0). x the \($0)" }
      + ["What did you see? I saw it. Which did you see later, or last, or earlier, or first?"]
  }

  /// A message and its answer.
  static func draw(using generator: inout SeededGenerator) -> (question: String, answer: String) {
    let pair = generator.shuffled(things).prefix(2).map(\.self)
    let asksLater = generator.index(below: 2) == 0
    let isTurned = generator.index(below: 2) == 0
    let story = stories[generator.index(below: stories.count)].draw(using: &generator)
      .filling("first", pair[0]).filling("second", pair[1])
    let forms = asksLater ? questions : openers
    let question = forms[generator.index(below: forms.count)].draw(using: &generator)
      .filling("a", pair[isTurned ? 1 : 0]).filling("b", pair[isTurned ? 0 : 1])
    return ("\(story) \(question)", "The \(pair[asksLater ? 1 : 0]).")
  }
}
