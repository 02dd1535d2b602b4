import Foundation
import NosceCore
import NosceRows
import NosceTokenizer

extension CheckpointText {
  /// The special tokens that stand in a row's own words, each once.
  ///
  /// Written as text they are read as what ends a turn, or begins one. A text or a completion may end
  /// with the token that ends it.
  package func controlTokens(in row: TrainingRow) -> [String] {
    var found: [Int32] = []
    for (text, mayEnd) in Self.words(of: row) {
      var ids = tokenizer.encode(text)
      if mayEnd, ids.last == endOfTextID { ids.removeLast() }
      for id in ids where tokenizer.isSpecial(id) && !found.contains(id) {
        // What stands for an unknown character is special, too, without being in the text.
        guard let content = tokenizer.content(of: id),
          text.range(of: content, options: .literal) != nil
        else { continue }
        found.append(id)
      }
    }
    return found.compactMap(tokenizer.content(of:))
  }

  private static func words(of row: TrainingRow) -> [(text: String, mayEnd: Bool)] {
    switch row {
    case .chat(let turns): turns.map { ($0.message.content, false) }
    case .document(let text): [(text, true)]
    case .completion(let prompt, let completion): [(prompt, false), (completion, true)]
    case .tokens: []
    }
  }
}
