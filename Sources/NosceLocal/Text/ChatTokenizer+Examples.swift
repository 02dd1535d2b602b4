import NosceCore
import NosceEngine
import NosceRows
import NosceTokenizer

extension ChatTokenizer {
  /// The tokens of a conversation, and which of them are learnt: the assistant's turns, unless they
  /// are left out, with the token that ends each.
  func example(_ turns: [TrainingRow.Turn]) throws -> TrainingExample {
    var (tokens, isTarget) = try trainingRow(
      turns.map { ($0.message.role.rawValue, $0.message.content) })
    let assistant = turns.filter { $0.message.role == .assistant }
    if !assistant.allSatisfy(\.isTrained) {
      let runs = Self.runs(isTarget)
      guard runs.count == assistant.count else {
        throw TokenizerError(
          file: template.name,
          found: "\(runs.count) stretches of the assistant's words for \(assistant.count) turns",
          allowed: "a chat template that keeps the turns apart, where some have weight 0")
      }
      for (turn, run) in zip(assistant, runs) where !turn.isTrained {
        for index in run { isTarget[index] = false }
      }
    }
    return TrainingExample(tokens: tokens, isTarget: isTarget)
  }

  /// The stretches of flags that are set.
  private static func runs(_ flags: [Bool]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start: Int?
    for (index, flag) in (flags + [false]).enumerated() {
      if flag, start == nil { start = index }
      if !flag, let first = start {
        runs.append(first..<index)
        start = nil
      }
    }
    return runs
  }
}
