import NosceEngine
import NosceTokenizer
import Synchronization

/// The bytes of a model's tokens, and which of them may follow where lines have a form.
///
/// The bytes are read once for a model; the sets are made as they are asked for, and kept.
package final class LineVocabulary: Sendable {
  /// All bytes, one token's behind the other's.
  private let text: [UInt8]
  private let ends: [Int32]
  /// Tokens that may stand anywhere in a line: no line break, no other control character, and nothing
  /// that ends a sentence.
  private let plain: [Int32]
  /// Tokens with a line break or the end of a sentence, which are looked at one by one.
  private let ending: [Int32]
  /// Tokens by their first byte, from the lowest number to the highest.
  private let byFirst: [[Int32]]
  /// The tokens that end an answer.
  private let stops: [Int32]
  /// The file of the tokenizer, as errors name it.
  let name: String

  private struct Key: Hashable {
    var form: LineForm
    var place: LineForm.Place
  }

  /// Some hundred sets take a few megabytes.
  private static let keptSets = 512
  private let sets = Mutex<[Key: TokenSet]>([:])

  /// - Parameter rows: how many tokens the model has.
  package convenience init(_ tokenizer: Tokenizer, rows: Int, stops: [Int32], name: String) {
    self.init(
      (0..<Int32(clamping: rows)).lazy.map { tokenizer.bytesInText(of: $0) ?? [] }, stops: stops,
      name: name)
  }

  /// - Parameter tokens: the bytes of each, none for one that is no text.
  package init(_ tokens: some Collection<[UInt8]>, stops: [Int32], name: String) {
    let rows = tokens.count
    var text: [UInt8] = []
    var ends: [Int32] = []
    var (plain, ending): ([Int32], [Int32]) = ([], [])
    var byFirst = [[Int32]](repeating: [], count: 256)
    let special = Set(stops)
    for (number, bytes) in tokens.enumerated() {
      let id = Int32(clamping: number)
      let bytes = special.contains(id) ? [] : bytes
      text += bytes
      ends.append(Int32(clamping: text.count))
      guard let first = bytes.first else { continue }
      byFirst[Int(first)].append(id)
      if bytes.contains(where: { $0 == 0x0A || LineForm.marks.contains($0) }) {
        ending.append(id)
      } else if bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) {
        plain.append(id)
      }
    }
    self.text = text
    self.ends = ends
    self.plain = plain
    self.ending = ending
    self.byFirst = byFirst
    self.stops = stops.filter { (0..<Int32(clamping: rows)).contains($0) }.sorted()
    self.name = name
  }

  /// The bytes that a token adds to a text; none for one that is no text.
  func bytes(of token: Int32) -> ArraySlice<UInt8> {
    guard ends.indices.contains(Int(token)) else { return [] }
    let start = token == 0 ? 0 : Int(ends[Int(token) - 1])
    return text[start..<Int(ends[Int(token)])]
  }

  func isStop(_ token: Int32) -> Bool { stops.contains(token) }

  /// The tokens that may follow at a place.
  func allowed(_ form: LineForm, at place: LineForm.Place) -> TokenSet {
    let key = Key(form: form, place: place)
    if let known = sets.withLock({ $0[key] }) { return known }
    let made = make(form, place)
    sets.withLock { sets in
      if sets.count >= Self.keptSets { sets.removeAll(keepingCapacity: true) }
      sets[key] = made
    }
    return made
  }

  private func make(_ form: LineForm, _ place: LineForm.Place) -> TokenSet {
    func fits(_ token: Int32) -> Bool { form.place(after: bytes(of: token), from: place) != nil }
    if place.line == form.lineCount { return TokenSet(ascending: stops) }
    if !place.isBegun {
      let tokens = form.nextBytes(place).flatMap { byFirst[Int($0)] }.filter(fits)
      return TokenSet(ascending: tokens.sorted())
    }
    var tokens = form.isLast(place) ? stops : []
    if place.isSentence {
      tokens += byFirst.joined().filter(fits)
    } else {
      tokens += ending.filter(fits) + plain
    }
    return TokenSet(ascending: tokens.sorted())
  }
}
