import NosceTemplates

/// Where a text stands in a longer one.
enum TextPlace {
  case beginning
  /// After an added token, where some tokenizers put a blank before the text as at the beginning.
  case middle
  /// In the middle of a text, after words, where none puts anything.
  case continuing
}

extension Tokenizer {
  /// Whether what stands before a text matters to how it is encoded: the beginning is marked, or
  /// added tokens swallow the blanks around them.
  private var isContextual: Bool {
    normalizer?.marksBeginning == true || preTokenizer.marksBeginning
      || addedTokens.contains { $0.stripsLeft || $0.stripsRight || $0.isSingleWord }
  }

  /// The ids of texts that follow each other, part by part.
  ///
  /// What is encoded first does not depend on what follows. The ids of a part end where the part
  /// ends: no token reaches across. One blank at the end of a part is given to the part that follows,
  /// because words are tokens together with the blank before them; a blank at the very end is left
  /// out.
  package func encode(parts: [String]) -> [[Int32]] {
    let parts = Self.withBlanksMoved(parts)
    if !isContextual { return parts.map { encode($0) } }
    var result: [[Int32]] = []
    var text = ""
    var place = TextPlace.beginning
    var before: [Int32] = []
    for part in parts {
      let whole = encode(text + part, at: place)
      if whole.starts(with: before) {
        text += part
        result.append(Array(whole[before.count...]))
        before = whole
      } else {
        // A token would reach across, so the part is encoded as what goes on after words.
        text = part
        place = .continuing
        before = encode(part, at: place)
        result.append(before)
      }
    }
    return result
  }

  /// Moved whatever the next part begins with, so that no part depends on a later one.
  private static func withBlanksMoved(_ parts: [String]) -> [String] {
    var result: [String] = []
    var carried = ""
    for part in parts {
      var text = carried + part
      carried = ""
      let end = text.unicodeScalars.suffix(2)
      if end.last == " ", end.count < 2 || end.first.map(isBlank) == false {
        text.unicodeScalars.removeLast()
        carried = " "
      }
      result.append(text)
    }
    return result
  }
}
