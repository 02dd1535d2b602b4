import Foundation
import NosceFormats
import NosceTokenizer

/// A tokenizer of an exact size that knows the words of the experiment's texts.
struct BenchTokenizer {
  let writer: TokenizerWriter

  /// The pieces of the texts come first, as many as fit; invented words fill the rest.
  init(size: Int) throws {
    let room = size - (try TokenizerWriter(words: []).vocabularySize)
    guard room >= 0 else {
      throw BenchError(
        "found a tokenizer of \(size) tokens; allowed: at least \(size - room), for special tokens "
          + "and the 256 bytes")
    }
    var seen: Set<String> = []
    var words: [String] = []
    for text in ChatTexts.generated().texts + ["user", "assistant"] {
      for piece in try TokenizerWriter.pieces(of: text)
      where piece.utf8.count > 1 && seen.insert(piece).inserted {
        words.append(piece)
      }
    }
    words = Array(words.prefix(room))
    var syllables = InputStream(seed: 7)
    while words.count < room {
      let word = " " + Self.invent(&syllables)
      if seen.insert(word).inserted { words.append(word) }
    }
    writer = try TokenizerWriter(words: words)
  }

  private static func invent(_ stream: inout InputStream) -> String {
    let consonants = Array("bdfgklmnprstvz")
    let vowels = Array("aeiou")
    return (0..<2 + stream.next(below: 3)).map { _ in
      String([
        consonants[stream.next(below: consonants.count)], vowels[stream.next(below: vowels.count)],
      ])
    }.joined()
  }
}

extension ChatTexts {
  fileprivate var texts: [String] {
    arms.joined().flatMap { [$0.user, $0.assistant] } + questions
      + choices.flatMap { [$0.question] + $0.options }
  }
}
