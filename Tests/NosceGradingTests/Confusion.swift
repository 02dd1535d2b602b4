import Foundation
import NosceCore
import NosceStatistics

/// How often a grader put an answer of each class into each class.
struct Confusion: Equatable {
  var classes: [String]
  /// By the reader's label, then by the grader's, each in the order of `classes`.
  var counts: [[Int]]

  init(_ classes: [String], _ counts: [[Int]]) {
    self.classes = classes
    self.counts = counts
  }

  init(_ set: LabelledSet, over answers: [LabelledAnswer]) {
    self.init(set.classes, set.classes.map { _ in set.classes.map { _ in 0 } })
    for answer in answers {
      guard let row = classes.firstIndex(of: answer.label),
        let column = classes.firstIndex(of: set.grade(answer.answer))
      else { continue }
      counts[row][column] += 1
    }
  }

  /// Of those that the grader put into a class, how many belong there.
  func precision(_ index: Int) throws -> String {
    try share(counts[index][index], of: counts.reduce(0) { $0 + $1[index] })
  }

  /// Of those that belong into a class, how many the grader put there.
  func recall(_ index: Int) throws -> String {
    try share(counts[index][index], of: counts[index].reduce(0, +))
  }

  /// The share with the exact interval of 95%.
  private func share(_ part: Int, of whole: Int) throws -> String {
    guard whole > 0 else { return "none of 0" }
    let interval = try Proportion.clopperPearson(successes: part, of: whole)
    func text(_ value: Double) -> String { String(format: "%.2f", value) }
    return "\(text(Double(part) / Double(whole))) [\(text(interval.lower)), "
      + "\(text(interval.upper))] (\(part) of \(whole))"
  }

  /// The lines of the tables in `docs/graders.md`.
  func lines(named name: String) throws -> [String] {
    try classes.indices.map { index in
      "| \(name) | \(classes[index]) | \(try precision(index)) | \(try recall(index)) | "
        + counts[index].map(String.init).joined(separator: " / ") + " |"
    }
  }
}
