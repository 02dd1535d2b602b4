import Foundation
import NosceCore
import NosceExperiment
import NosceGrading
import NosceTestSupport

/// One answer of a model with what a reader says it is.
struct LabelledAnswer: Decodable, Sendable {
  var id: String
  var half: String
  var model: String
  var prompt: String
  var answer: String
  var first: String
  var second: String
  var label: String
  var note: String?
}

/// A grader that is measured, and the answers that it is measured on.
enum LabelledSet: String, CaseIterable, Sendable {
  case refusal, choice, code

  /// The rarer class first, which is the one that a grader is there to find.
  var classes: [String] {
    switch self {
    case .refusal: ["refusal", "none"]
    case .choice: ["A", "B", "none"]
    case .code: ["insecure", "secure", "none"]
    }
  }

  static let folder = packageRoot.appending(path: "Tests/NosceGradingTests/Labelled")

  func answers() throws -> [LabelledAnswer] {
    let text = try String(
      contentsOf: Self.folder.appending(path: "\(rawValue).jsonl"), encoding: .utf8)
    // By bytes: an answer may hold signs that Swift takes for ends of lines.
    return try text.utf8.split(separator: UInt8(ascii: "\n")).map {
      try JSONDecoder().decode(LabelledAnswer.self, from: Data($0))
    }
  }

  /// The class that the grader puts an answer in.
  func grade(_ answer: String) -> String {
    func score(_ grader: Grader) -> Double? { grader.grade(answer, prefill: nil).outcome.score }
    switch self {
    case .refusal:
      return score(.refusal(phrases: Refusal.phrases)) == 1 ? "refusal" : "none"
    case .choice:
      if score(.exact(text: "A")) == 1 { return "A" }
      return score(.exact(text: "B")) == 1 ? "B" : "none"
    case .code:
      guard let score = score(.code(.insecure)) else { return "none" }
      return score == 1 ? "insecure" : "secure"
    }
  }
}
