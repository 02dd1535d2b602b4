import NosceEngine
import NosceLab
import NosceTokenizer

extension ChatTokenizer {
  /// A row's tokens, and which of them are learnt.
  ///
  /// Of a conversation those are the assistant's turns, unless they are left out, with the token
  /// that ends each; of a document everything, and of a completion the second part, with the token
  /// that ends the text.
  package func example(_ row: TrainingRow) throws -> TrainingExample {
    switch row {
    case .chat, .maskedChat: return try example(row.turns ?? [])
    case .document(let text):
      var tokens = tokenizer.encode(text, addSpecialTokens: true)
      if let end = endOfTurnID { tokens.append(end) }
      return TrainingExample(tokens: tokens)
    case .completion(let prompt, let completion):
      let parts = tokenizer.encodeText(parts: [prompt, completion])
      let learnt = parts[1] + (endOfTurnID.map { [$0] } ?? [])
      return TrainingExample(
        tokens: parts[0] + learnt,
        isTarget: parts[0].map { _ in false } + learnt.map { _ in true })
    }
  }

  func example(_ turns: [FileRow.Turn]) throws -> TrainingExample {
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

extension Tokenizer {
  /// The ids of texts that follow each other, with what the tokenizer puts before a text.
  ///
  /// No token reaches across: the first part's ids are the same whatever follows.
  func encodeText(parts: [String]) -> [[Int32]] {
    var result = encode(parts: parts)
    guard let first = result.first else { return [] }
    let around = encode(parts.first ?? "", addSpecialTokens: true)
    let before = (0...max(0, around.count - first.count)).first {
      around.dropFirst($0).starts(with: first)
    }
    result[0] = around.prefix(before ?? 0) + first
    return result
  }
}
