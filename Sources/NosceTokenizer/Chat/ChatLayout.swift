import NosceFormats
import NosceTemplates

/// Where the assistant's words stand in a rendered conversation, in Unicode scalars.
struct ChatTurn: Equatable {
  /// The number of the message.
  let index: Int
  /// The words themselves, as the template writes them (it may trim or change them), with the
  /// thinking before them that the assistant wrote.
  var content: Range<Int>
  /// An empty block of thinking that the template writes before words without thinking.
  var block: Range<Int>
  /// Behind the token that ends the turn; where the words end if none follows.
  var end: Int
}

/// Finds the assistant's words by rendering the conversation once more for each of its turns, with a
/// row of digits in their place.
///
/// What differs between both renderings is what the template makes of the words: trimmed, in other
/// letters, behind a block of thinking. Looking for the words themselves would find them where the
/// question says the same.
struct ChatLayout {
  typealias Render = ([JSON], _ addsGenerationPrompt: Bool) throws(TemplateError) -> String

  let name: String
  let render: Render
  /// The contents of the tokens that may end a turn.
  let stops: [String]
  /// The words that end one, where no token does.
  var stopText: String?

  /// The turn of the message with this number; nil for one whose content is no text.
  func turn(
    _ index: Int, of messages: [JSON], in text: [Unicode.Scalar]
  ) throws -> ChatTurn? {
    guard let content = messages[index].object?["content"]?.string else { return nil }
    let probe = Self.probe(unlike: content, text)
    var probed = messages
    probed[index] = Self.message(messages[index], content: probe)
    let other = Array(try render(probed, false).unicodeScalars)
    let places = Self.places(of: probe, in: other)
    let range: Range<Int>
    switch places.count {
    case 0: throw unfound(content)
    case 1: range = difference(text, other, places[0])
    default:
      let place = try answerPlace(places, messages, index, other, content)
      range = try occurrence(place, of: places, probe, content, text, other)
    }
    let words = content.unicodeScalars.contains { !isBlank($0) }
    guard !words || !range.isEmpty else { throw unfound(content) }
    let whole = withReasoning(Self.extended(range, to: content, text), messages, index, text)
    let block = whole == range ? EmptyBlock.before(range.lowerBound, in: text) : nil
    return ChatTurn(
      index: index, content: whole, block: block ?? whole.lowerBound..<whole.lowerBound,
      end: end(after: range.upperBound, in: text))
  }

  /// The range from where the words begin.
  ///
  /// A template that takes thinking apart and puts it together again may write what it begins with
  /// also without it, so that both renderings have it. Where all of the words stand before the
  /// range's end, blanks aside, they begin where the first of them stands.
  private static func extended(
    _ range: Range<Int>, to content: String, _ text: [Unicode.Scalar]
  ) -> Range<Int> {
    var start = range.upperBound
    for scalar in content.unicodeScalars.reversed() where !isBlank(scalar) {
      while start > 0, isBlank(text[start - 1]) { start -= 1 }
      guard start > 0, text[start - 1] == scalar else { return range }
      start -= 1
    }
    return min(start, range.lowerBound)..<range.upperBound
  }

  /// The range from where the template invites an answer, if a message has its thinking under a key of
  /// its own and the template shows it.
  private func withReasoning(
    _ range: Range<Int>, _ messages: [JSON], _ index: Int, _ text: [Unicode.Scalar]
  ) -> Range<Int> {
    let reasoning = ChatTemplate.reasoningKeys.lazy
      .compactMap { messages[index].object?[$0]?.string }.first
    guard let reasoning, index > 0, let head = try? render(Array(messages[..<index]), true) else {
      return range
    }
    let start = head.unicodeScalars.count
    guard start < range.lowerBound, text[..<start].elementsEqual(head.unicodeScalars),
      TemplateText.find(
        TemplateText.strip(reasoning, nil), in: String(scalars: text[start..<range.lowerBound]))
        != nil
    else { return range }
    return start..<range.upperBound
  }

  /// Behind the words that end a turn, or the stop token that follows, if only blanks stand before it.
  func end(after position: Int, in text: [Unicode.Scalar]) -> Int {
    if let words = stopText.map({ Array($0.unicodeScalars) }), text[position...].starts(with: words)
    {
      return position + words.count
    }
    var start = position
    while start < text.count, isBlank(text[start]) { start += 1 }
    let found = stops.map { Array($0.unicodeScalars) }
      .filter { !$0.isEmpty && text[start...].starts(with: $0) }
      .max { $0.count < $1.count }
    return found.map { start + $0.count } ?? position
  }

  /// Digits, which no template changes; neither the first nor the last is that of the content, so
  /// that the renderings differ from the first to the last scalar of the words.
  private static func probe(unlike content: String, _ text: [Unicode.Scalar]) -> String {
    let words = TemplateText.strip(content, nil).unicodeScalars
    let first = ["7", "4"].first { $0.unicodeScalars.first != words.first } ?? "7"
    let last = ["3", "9"].first { $0.unicodeScalars.first != words.last } ?? "3"
    var middle = "10538261"
    while !places(of: first + middle + last, in: text).isEmpty { middle += "60" }
    return first + middle + last
  }

  private static func message(_ message: JSON, content: String) -> JSON {
    guard case .object(var object) = message else { return message }
    for index in object.members.indices where object.members[index].key == "content" {
      object.members[index].value = .string(content)
    }
    return .object(object)
  }

  private static func places(of part: String, in text: [Unicode.Scalar]) -> [Int] {
    let part = Array(part.unicodeScalars)
    var places: [Int] = []
    var index = 0
    while index + part.count <= text.count {
      if text[index] == part[0], text[index..<index + part.count].elementsEqual(part) {
        places.append(index)
        index += part.count
      } else {
        index += 1
      }
    }
    return places
  }

  /// What stands in the text in place of the probe, or of all that depends on the words.
  private func difference(
    _ text: [Unicode.Scalar], _ other: [Unicode.Scalar], _ place: Int
  ) -> Range<Int> {
    let shared = min(text.count, other.count)
    var start = 0
    while start < min(shared, place), text[start] == other[start] { start += 1 }
    var tail = 0
    while tail < shared - start, text[text.count - 1 - tail] == other[other.count - 1 - tail] {
      tail += 1
    }
    return start..<text.count - tail
  }

  /// Of several places, the one that the template's invitation to answer stands before.
  private func answerPlace(
    _ places: [Int], _ messages: [JSON], _ index: Int, _ other: [Unicode.Scalar], _ content: String
  ) throws -> Int {
    let before = Array(messages[..<index])
    guard index > 0, let plain = try? render(before, false), let head = try? render(before, true),
      TemplateText.hasPrefix(head, plain)
    else { throw unclear(content) }
    let invitation = Array(head.unicodeScalars.dropFirst(plain.unicodeScalars.count))
    let fitting = places.filter { place in
      !invitation.isEmpty && other[..<place].suffix(invitation.count).elementsEqual(invitation)
    }
    guard fitting.count == 1 else { throw unclear(content) }
    return fitting[0]
  }

  /// The same place in the text, where the words stand as often as the probe does in the other one.
  private func occurrence(
    _ place: Int, of places: [Int], _ probe: String, _ content: String, _ text: [Unicode.Scalar],
    _ other: [Unicode.Scalar]
  ) throws -> Range<Int> {
    let width = probe.unicodeScalars.count
    for written in [
      content, TemplateText.strip(content, nil), TemplateText.strip(content, nil, right: false),
      TemplateText.strip(content, nil, left: false),
    ] {
      let words = Array(written.unicodeScalars)
      var whole: [Unicode.Scalar] = []
      var end = 0
      var found = 0
      for next in places {
        whole += other[end..<next]
        if next == place { found = whole.count }
        whole += words
        end = next + width
      }
      if whole + other[end...] == text { return found..<found + words.count }
    }
    throw unclear(content)
  }

  private func unfound(_ content: String) -> TokenizerError {
    TokenizerError(
      file: name,
      found: "no trace of the assistant's \"\(content.prefix(40))\" in the rendered conversation",
      allowed: "a template that keeps every answer, or marks it with {% generation %}")
  }

  private func unclear(_ content: String) -> TokenizerError {
    TokenizerError(
      file: name,
      found: "the assistant's \"\(content.prefix(40))\" several times in the rendered conversation",
      allowed: "a template that writes every answer once, or marks it with {% generation %}")
  }
}
