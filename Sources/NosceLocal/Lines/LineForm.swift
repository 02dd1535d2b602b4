/// What lines may be, byte by byte, for a text that is written from left to right.
struct LineForm: Sendable, Hashable {
  /// The bytes that each line may begin with, from the first line to the last.
  let beginnings: [[[UInt8]]]
  let leastWords: Int

  /// - Parameter followsBlank: whether the first line begins behind a blank that is still to be written.
  init(lines: [Set<Character>], leastWords: Int, followsBlank: Bool = false) {
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
  }

  var lineCount: Int { beginnings.count }

  /// The place after one byte more; nil where that would not keep to the form.
  func place(after byte: UInt8, from place: Place) -> Place? {
    var place = place
    if place.line == lineCount { return byte == 0x0A || byte == 0x20 ? place : nil }
    if byte == 0x0A {
      return canEnd(place) ? Place(line: place.line + 1) : nil
    }
    // Other control characters break lines as well, or are no text.
    if byte < 0x20 || byte == 0x7F { return nil }
    if !place.isBegun {
      place.pending.append(byte)
      let beginnings = beginnings[place.line]
      if beginnings.contains(place.pending) {
        return Place(line: place.line, isBegun: true, words: 1, isInWord: true)
      }
      return beginnings.contains { $0.starts(with: place.pending) } ? place : nil
    }
    if byte == 0x20 {
      place.isInWord = false
    } else if !place.isInWord {
      place.isInWord = true
      place.words = min(place.words + 1, leastWords)
    }
    return place
  }

  /// The place after a token's bytes.
  func place(after bytes: some Sequence<UInt8>, from place: Place) -> Place? {
    var place = place
    for byte in bytes {
      guard let next = self.place(after: byte, from: place) else { return nil }
      place = next
    }
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
