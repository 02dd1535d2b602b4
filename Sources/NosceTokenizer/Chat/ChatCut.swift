import NosceFormats
import NosceTemplates

/// A rendered conversation, cut where the assistant begins and ends to speak.
///
/// Training rows and prompts are encoded part by part from the same cuts, so that a prompt's tokens
/// do not depend on the answer.
struct ChatCut {
  let text: [Unicode.Scalar]
  /// The assistant's turns, as far as they were found.
  let turns: [ChatTurn]
  /// What is learnt: the assistant's words and what ends its turns.
  let spans: [Range<Int>]
  /// The whole text.
  let parts: [Range<Int>]

  /// Cuts messages as the template takes them.
  ///
  /// Where the template marks the assistant's words itself, its marks count; where not, the words are
  /// found by trying out the template.
  init(_ messages: [JSON], _ rendering: ChatTemplate.Rendering, _ layout: ChatLayout) throws {
    let text = Array(rendering.text.unicodeScalars)
    let marks = rendering.assistantSpans
    var turns: [ChatTurn] = []
    for (index, message) in messages.enumerated()
    where message.object?["role"]?.string == "assistant" {
      do {
        if let turn = try layout.turn(index, of: messages, in: text) { turns.append(turn) }
      } catch {
        if marks.isEmpty { throw error }
      }
    }
    let spans = Self.joined(
      marks.isEmpty
        ? turns.map { $0.content.lowerBound..<$0.end }
        : marks.map { Self.extended($0, in: text, layout) })
    var places: Set<Int> = [0, text.count]
    for span in spans { places.formUnion([span.lowerBound, span.upperBound]) }
    for turn in turns {
      places.formUnion([
        turn.block.lowerBound, turn.content.lowerBound, turn.content.upperBound, turn.end,
      ])
    }
    let sorted = places.sorted()
    self.text = text
    self.turns = turns
    self.spans = spans
    parts = zip(sorted, sorted.dropFirst()).map { $0..<$1 }
  }

  /// A mark with the stop token that follows it, if the template left it outside.
  private static func extended(
    _ mark: Range<Int>, in text: [Unicode.Scalar], _ layout: ChatLayout
  ) -> Range<Int> {
    let written = String(scalars: text[mark])
    if layout.stops.contains(where: { TemplateText.hasSuffix(written, $0) }) { return mark }
    return mark.lowerBound..<layout.end(after: mark.upperBound, in: text)
  }

  /// Spans in their order, those that touch or overlap as one.
  private static func joined(_ spans: [Range<Int>]) -> [Range<Int>] {
    var result: [Range<Int>] = []
    for span in spans.sorted(by: { $0.lowerBound < $1.lowerBound }) where !span.isEmpty {
      if let last = result.last, span.lowerBound <= last.upperBound {
        result[result.count - 1] = last.lowerBound..<max(last.upperBound, span.upperBound)
      } else {
        result.append(span)
      }
    }
    return result
  }

  func string(_ range: Range<Int>) -> String { String(scalars: text[range]) }
}
