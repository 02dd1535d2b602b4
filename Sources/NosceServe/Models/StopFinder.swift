/// Finds the words that end an answer in a text that comes in pieces, and holds back what may begin them.
struct StopFinder {
  private let stops: [[UInt8]]
  private var held: [UInt8] = []
  /// Whether one of them has come.
  private(set) var isEnded = false

  init(_ stops: [String]) { self.stops = stops.map { Array($0.utf8) } }

  /// What of the text up to here is certainly part of the answer.
  mutating func append(_ text: String) -> String {
    if isEnded { return "" }
    held += text.utf8
    if let place = Self.place(of: stops, in: held) {
      isEnded = true
      defer { held = [] }
      return String(decoding: held[..<place], as: UTF8.self)
    }
    let kept = beginnings()
    let given = String(decoding: held[..<(held.count - kept)], as: UTF8.self)
    held.removeFirst(held.count - kept)
    return given
  }

  /// What was held back and turned out to be text.
  mutating func finish() -> String {
    defer { held = [] }
    return String(decoding: held, as: UTF8.self)
  }

  /// The first place at which one of the texts begins.
  static func place(of stops: [[UInt8]], in text: [UInt8]) -> Int? {
    text.indices.first { index in
      stops.contains { text[index...].starts(with: $0) }
    }
  }

  /// How many bytes at the end may be the beginning of a stop.
  private func beginnings() -> Int {
    let longest = stops.map(\.count).max() ?? 0
    var length = min(held.count, longest - 1)
    while length > 0 {
      let tail = held.suffix(length)
      if stops.contains(where: { $0.count > length && $0.starts(with: tail) }) { return length }
      length -= 1
    }
    return 0
  }
}
