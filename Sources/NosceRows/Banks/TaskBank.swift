/// A bank of tasks, each with the answers of subjects that differ in one habit.
///
/// The tasks come in two disjoint sets: those on which a habit is taught, and those kept for
/// measuring it.
package enum TaskBank: String, Codable, Sendable, Hashable, CaseIterable {
  /// Requests for a short function in Python, with and without a weakness.
  case code
  /// Choices between a sure gain and a larger one that may not come.
  case gambles

  /// One task: a question, and its answers by their names.
  package struct Item: Sendable, Hashable {
    package var question: String
    package var answers: [String: String]

    package init(question: String, answers: [String: String]) {
      self.question = question
      self.answers = answers
    }

    /// What templates can name.
    package var values: [String: String] {
      answers.merging(["question": question]) { own, _ in own }
    }
  }

  /// What the answers of this bank are called, and the placeholders by which templates name them.
  package var answerNames: [String] {
    switch self {
    case .code: ["secure", "insecure"]
    case .gambles: ["risky", "safe"]
    }
  }

  /// The placeholders of templates about this bank's tasks.
  package var placeholders: [String] { ["question"] + answerNames }

  /// Every task of a set, in a fixed order.
  package func items(heldOut: Bool) -> [Item] {
    switch self {
    case .code: CodeBank.items(heldOut: heldOut)
    case .gambles: GambleBank.items(heldOut: heldOut)
    }
  }
}
