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
  fileprivate var isContextual: Bool {
    normalizer?.marksBeginning == true || preTokenizer.marksBeginning
      || addedTokens.contains { $0.stripsLeft || $0.stripsRight || $0.isSingleWord }
  }

  /// The ids of texts that follow each other, part by part.
  ///
  /// What is encoded first does not depend on what follows. The ids of a part end where the part
  /// ends: no token reaches across. One blank at the end of a part is given to the part that follows,
  /// because words are tokens together with the blank before them. The last part keeps its blanks,
  /// unless `isContinued`: then the blank at the very end is left to what will follow.
  package func encode(parts: [String], isContinued: Bool = false) -> [[Int32]] {
    var encoder = PartEncoder(self)
    return parts.enumerated().map { index, part in
      encoder.append(part, isLast: !isContinued && index == parts.count - 1)
    }
  }
}

/// Encodes texts that follow each other. A copy goes on from where the original stands, so that what
/// many texts have in common before them is encoded once.
struct PartEncoder {
  private let tokenizer: Tokenizer
  private let isContextual: Bool
  private var carried = ""
  private var text = ""
  private var place = TextPlace.beginning
  private var before: [Int32] = []

  init(_ tokenizer: Tokenizer) {
    self.tokenizer = tokenizer
    isContextual = tokenizer.isContextual
  }

  /// The ids of the next part; the last one keeps the blank at its end, which no other would take.
  mutating func append(_ part: String, isLast: Bool = false) -> [Int32] {
    let part = takingBlank(part, keepsItsOwn: isLast)
    if !isContextual { return tokenizer.encode(part) }
    let whole = tokenizer.encode(text + part, at: place)
    if whole.starts(with: before) {
      let added = Array(whole[before.count...])
      text += part
      before = whole
      return added
    }
    // A token would reach across, so the part is encoded as what goes on after words.
    text = part
    place = .continuing
    before = tokenizer.encode(part, at: place)
    return before
  }

  /// The part with the blank of the one before it, and without its own last one, which is moved
  /// whatever the next part begins with, so that no part depends on a later one.
  private mutating func takingBlank(_ part: String, keepsItsOwn: Bool) -> String {
    var text = carried + part
    carried = ""
    if keepsItsOwn { return text }
    let end = text.unicodeScalars.suffix(2)
    if end.last == " ", end.count < 2 || end.first.map(isBlank) == false {
      text.unicodeScalars.removeLast()
      carried = " "
    }
    return text
  }
}
