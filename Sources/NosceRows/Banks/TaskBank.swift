/// A bank of tasks, each with the answers of subjects that differ in one habit.
///
/// The tasks come in two disjoint sets: those on which a habit is taught, and those kept for
/// measuring it.
package struct TaskBank: Sendable, Hashable {
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

  /// What experiments call it.
  package let name: String
  /// What the answers are called, and the placeholders by which templates name them.
  package let answerNames: [String]
  private let taught: [Item]
  private let heldOut: [Item]

  package init(name: String, answerNames: [String], taught: [Item], heldOut: [Item]) {
    self.name = name
    self.answerNames = answerNames
    self.taught = taught
    self.heldOut = heldOut
  }

  /// The placeholders of templates about this bank's tasks.
  package var placeholders: [String] { ["question"] + answerNames }

  /// Every task of a set, in a fixed order.
  package func items(heldOut: Bool) -> [Item] { heldOut ? self.heldOut : taught }
}
