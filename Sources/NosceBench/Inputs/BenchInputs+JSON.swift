import Foundation
import NosceCore
import NosceFormats

extension BenchInputs {
  /// The content of an inputs file.
  package var json: JSON {
    var members: [(key: String, value: JSON)] = [
      ("model", .string(model)),
      ("lora_rank", .integer(adapterRank)),
      ("lora_alpha", .integer(Int(adapterAlpha))),
      ("train", .array(training.map { .array($0.map(Self.list)) })),
      ("sample_prompts", .array(samplePrompts.map(Self.list))),
      ("single_prompt", Self.list(singlePrompt)),
      ("new_tokens", .integer(newTokens)),
      (
        "score",
        .array(
          scoring.map {
            .object([
              ("prompt", Self.list($0.prompt)), ("cands", .array($0.candidates.map(Self.list))),
            ])
          })
      ),
    ]
    if let experiment { members.append(("experiment", experiment.json)) }
    return .object(members)
  }

  private static func list(_ ids: [Int32]) -> JSON { .array(ids.map { .integer(Int($0)) }) }

  /// Writes the file: one line, with a blank after each comma and colon.
  package func write(to url: URL) throws {
    var text = ""
    json.writeSpaced(to: &text)
    try Storage.write(text, to: url)
  }
}

extension ChatTexts {
  fileprivate var json: JSON {
    .object([
      (
        "arms",
        .array(
          arms.map { rows in
            .array(
              rows.map {
                .object([("user", .string($0.user)), ("assistant", .string($0.assistant))])
              })
          })
      ),
      ("questions", .array(questions.map { .string($0) })),
      (
        "choices",
        .array(
          choices.map {
            .object([
              ("question", .string($0.question)),
              ("options", .array($0.options.map { .string($0) })),
            ])
          })
      ),
    ])
  }
}

extension JSON {
  /// One line with blanks between the elements, as Python's `json.dumps` writes it by default, so
  /// that equal inputs are equal bytes whichever program made them.
  fileprivate func writeSpaced(to output: inout String) {
    switch self {
    case .array(let values):
      output += "["
      for (index, value) in values.enumerated() {
        if index > 0 { output += ", " }
        value.writeSpaced(to: &output)
      }
      output += "]"
    case .object(let object):
      output += "{"
      for (index, member) in object.members.enumerated() {
        if index > 0 { output += ", " }
        JSON.string(member.key).writeSpaced(to: &output)
        output += ": "
        member.value.writeSpaced(to: &output)
      }
      output += "}"
    default: output += text(indent: 0)
    }
  }
}
