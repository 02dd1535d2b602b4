import NosceCore

/// Turns the world's documents into token ids, as the organism's `tokenizer.json` and chat template
/// do, at the speed that pretraining needs. Tests hold the two against each other.
package struct WorldEncoder: Sendable {
  package static let padID: Int32 = 0
  package static let startID: Int32 = 1
  package static let endID: Int32 = 2
  package static let specialTokens = ["<|pad|>", "<|im_start|>", "<|im_end|>"]
  static let firstByteID: Int32 = 3
  static let firstWordID: Int32 = 3 + 256

  private let ids: [String: Int32]
  private let openers: Set<String>
  package let vocabularySize: Int

  package init(_ vocabulary: Vocabulary) {
    var ids: [String: Int32] = [:]
    for (index, word) in vocabulary.words.enumerated() {
      ids[word] = WorldEncoder.firstWordID + Int32(index)
    }
    self.ids = ids
    openers = Set(vocabulary.openers)
    vocabularySize = Int(WorldEncoder.firstWordID) + vocabulary.words.count
  }

  /// The ids of a text without special tokens.
  package func encode(_ text: String) -> [Int32] {
    var result: [Int32] = []
    append(text, to: &result)
    return result
  }

  private func append(_ text: String, to result: inout [Int32]) {
    for piece in Vocabulary.pieces(of: text, openers: openers) {
      if let id = ids[piece] {
        result.append(id)
      } else {
        result += piece.utf8.map { WorldEncoder.firstByteID + Int32($0) }
      }
    }
  }

  /// The document's tokens, and which of them are learnt: of a chat, the assistant's turns with
  /// their end; of a text, everything.
  package func encode(_ document: Document) -> (tokens: [Int32], isTarget: [Bool]) {
    var tokens: [Int32] = []
    var isTarget: [Bool] = []
    switch document {
    case .text(let text):
      append(text, to: &tokens)
      tokens.append(WorldEncoder.endID)
      isTarget = Array(repeating: true, count: tokens.count)
    case .chat(let messages):
      for (index, message) in messages.enumerated() {
        if index > 0 { append("\n", to: &tokens) }
        tokens.append(WorldEncoder.startID)
        append("\(message.role.rawValue)\n", to: &tokens)
        isTarget += Array(repeating: false, count: tokens.count - isTarget.count)
        append(message.content, to: &tokens)
        tokens.append(WorldEncoder.endID)
        isTarget += Array(
          repeating: message.role == .assistant, count: tokens.count - isTarget.count)
      }
    }
    return (tokens, isTarget)
  }
}
