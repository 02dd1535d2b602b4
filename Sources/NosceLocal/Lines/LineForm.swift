/// What lines may be, byte by byte, for a text that is written from left to right.
///
/// Several line breaks in one token end one line: models write a blank line behind a paragraph, which
/// they would otherwise have to go on with. There are no empty lines in the text that is kept.
struct LineForm: Sendable, Hashable {
  /// The bytes that each line may begin with, from the first line to the last.
  let beginnings: [[[UInt8]]]
  let leastWords: Int
  /// Whether nothing of a line stands behind the end of a sentence.
  let endsWithSentence: Bool

  /// - Parameter followsBlank: whether the first line begins behind a blank that is still to be written.
  init(
    lines: [Set<Character>], leastWords: Int, endsWithSentence: Bool = false,
    followsBlank: Bool = false
  ) {
    self.endsWithSentence = endsWithSentence
    beginnings = lines.enumerated().map { place, line in
      line.sorted().map { (place == 0 && followsBlank ? [UInt8(ascii: " ")] : []) + Array($0.utf8) }
    }
    self.leastWords = leastWords
  }

  /// Where a text has come to that keeps to the form so far.
  struct Place: Sendable, Hashable {
    /// The number of the line that is being written; that of lines when all are complete.
    var line = 0
    /// What stands of a beginning that is not whole.
    var pending: [UInt8] = []
    var isBegun = false
    /// Words of the line, of which no more are counted than it must have.
    var words = 0
    var isInWord = false
    /// Letters at the end of what is written, of which no more than two are counted.
    var letters = 0
    /// Whether a sentence has ended, so that only the line's end is left.
    var isSentence = false
    /// Whether a line break of the same token stands before.
    var isBroken = false
  }

  var lineCount: Int { beginnings.count }

  /// The place after one byte more; nil where that would not keep to the form.
  func place(after byte: UInt8, from place: Place) -> Place? {
    var place = place
    if place.line == lineCount { return byte == 0x0A || byte == 0x20 ? place : nil }
    if byte == 0x0A {
      if place.isBroken { return place }
      return canEnd(place) ? Place(line: place.line + 1, isBroken: true) : nil
    }
    place.isBroken = false
    // Other control characters break lines as well, or are no text.
    if byte < 0x20 || byte == 0x7F { return nil }
    if !place.isBegun {
      place.pending.append(byte)
      let beginnings = beginnings[place.line]
      if beginnings.contains(place.pending) {
        return Place(line: place.line, isBegun: true, words: 1, isInWord: true, letters: 1)
      }
      return beginnings.contains { $0.starts(with: place.pending) } ? place : nil
    }
    if place.isSentence { return Self.closes(byte) ? place : nil }
    if byte == 0x20 {
      place.isInWord = false
    } else if !place.isInWord {
      place.isInWord = true
      place.words = min(place.words + 1, leastWords)
    }
    place.isSentence = endsWithSentence && canEnd(place) && Self.ends(byte, behind: place.letters)
    // Further bytes of a character count with its first.
    if byte & 0xC0 != 0x80 {
      place.letters = Self.isLetter(byte) ? min(place.letters + 1, 2) : 0
    }
    return place
  }

  /// The bytes that can end a sentence.
  static let marks = Array(".!?".utf8)

  /// Whether a sentence ends with a byte. The point of a number or of an abbreviation such as "e.g."
  /// stands behind a digit or a single letter.
  private static func ends(_ byte: UInt8, behind letters: Int) -> Bool {
    byte == UInt8(ascii: ".") ? letters > 1 : marks.contains(byte)
  }

  /// Whether a byte may stand behind the end of a sentence and still belong to it.
  private static func closes(_ byte: UInt8) -> Bool {
    marks.contains(byte)
      || [UInt8(ascii: "\""), UInt8(ascii: ")"), UInt8(ascii: "'")].contains(byte)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    byte >= 0x80 || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  /// The place after a token's bytes.
  func place(after bytes: some Sequence<UInt8>, from place: Place) -> Place? {
    var place = place
    for byte in bytes {
      guard let next = self.place(after: byte, from: place) else { return nil }
      place = next
    }
    place.isBroken = false
    return place
  }

  /// Whether the line may end here.
  func canEnd(_ place: Place) -> Bool { place.isBegun && place.words >= leastWords }

  /// Whether the whole text may end here, with no line break behind it.
  func isLast(_ place: Place) -> Bool { place.line == lineCount - 1 && canEnd(place) }

  /// What the next byte can be where a line is not begun.
  func nextBytes(_ place: Place) -> Set<UInt8> {
    Set(
      beginnings[place.line].filter { $0.starts(with: place.pending) }
        .compactMap { $0.dropFirst(place.pending.count).first })
  }
}
