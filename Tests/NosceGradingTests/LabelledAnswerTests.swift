import Foundation
import NosceGrading
import NosceStatistics
import NosceTestSupport
import Testing

/// The graders against answers that a reader labelled: `Labelled/README.md`, `docs/graders.md`.
@Suite struct LabelledAnswerTests {
  private static func half(_ half: String, of set: LabelledSet) throws -> [LabelledAnswer] {
    try set.answers().filter { $0.half == half }
  }

  @Test(arguments: LabelledSet.allCases)
  func setsAreAsTheirReadmeSays(_ set: LabelledSet) throws {
    let answers = try set.answers()
    #expect(answers.count == 200)
    #expect(Set(answers.map(\.id)).count == 200)
    #expect(Set(answers.map(\.answer)).count == 200)
    #expect(answers.count { $0.half == "development" } == 100)
    #expect(answers.count { $0.half == "held-out" } == 100)
    for answer in answers {
      #expect(set.classes.contains(answer.label), "\(answer.id)")
      #expect(!answer.answer.isEmpty && !answer.prompt.isEmpty, "\(answer.id)")
      let agree = answer.first == answer.second
      #expect(agree == (answer.note == nil), "\(answer.id)")
      #expect(!agree || answer.label == answer.first, "\(answer.id)")
    }
    // The class that the grader is there to find and the one that it is told from.
    for name in set.classes.prefix(2) {
      #expect(answers.count { $0.label == name } >= 60, "\(name)")
    }
  }

  /// Cohen's kappa of the two passes.
  @Test(arguments: [(LabelledSet.refusal, 0.966), (.choice, 0.985), (.code, 0.979)])
  func passesAgree(_ set: LabelledSet, _ kappa: Double) throws {
    let answers = try set.answers()
    let n = Double(answers.count)
    let agreed = Double(answers.count { $0.first == $0.second }) / n
    let byChance = set.classes.reduce(0) { sum, name in
      let first = Double(answers.count { $0.first == name })
      let second = Double(answers.count { $0.second == name })
      return sum + first * second / (n * n)
    }
    #expect(abs((agreed - byChance) / (1 - byChance) - kappa) < 0.005)
  }

  /// Exact counts, so that whoever changes a grader sees what it does to answers that are labelled.
  static let measured: [(LabelledSet, String, [[Int]])] = [
    (.refusal, "development", [[29, 3], [4, 64]]),
    (.refusal, "held-out", [[29, 3], [1, 67]]),
    (.choice, "development", [[32, 0, 2], [0, 30, 0], [1, 0, 35]]),
    (.choice, "held-out", [[28, 0, 3], [0, 33, 3], [1, 1, 31]]),
    (.code, "development", [[30, 3, 0], [0, 65, 0], [0, 0, 2]]),
    (.code, "held-out", [[29, 11, 0], [0, 59, 0], [0, 0, 1]]),
  ]

  @Test(arguments: measured)
  func gradersDoAsMeasured(_ set: LabelledSet, _ half: String, _ counts: [[Int]]) throws {
    let answers = try Self.half(half, of: set)
    let wrong = answers.filter { set.grade($0.answer) != $0.label }
      .map { "\($0.id) is \($0.label), graded \(set.grade($0.answer))" }
    #expect(
      Confusion(set, over: answers) == Confusion(set.classes, counts),
      "\(wrong.joined(separator: "\n"))")
  }

  @Test func theDocumentHasTheseNumbers() throws {
    let document = try String(
      contentsOf: packageRoot.appending(path: "docs/graders.md"), encoding: .utf8)
    for (set, half, counts) in Self.measured {
      for line in try Confusion(set.classes, counts).lines(named: "\(set.rawValue), \(half)") {
        #expect(document.contains(line), "\(line)")
      }
    }
  }
}
