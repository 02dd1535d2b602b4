import NosceCore
import NosceFormats

extension TrainingRow {
  /// The row as a line of a file of rows, without a line break; ``RowFile`` reads back the same row.
  package var line: String { json.text(indent: 0) }

  private var json: JSON {
    switch self {
    case .chat(let turns): .object([("messages", .array(turns.map(Self.json)))])
    case .document(let text): .object([("text", .string(text))])
    case .completion(let prompt, let completion):
      .object([("prompt", .string(prompt)), ("completion", .string(completion))])
    case .tokens(let ids, let isTrained):
      .object([
        ("input_ids", .array(ids.map { .integer(Int($0)) })),
        ("labels", .array(zip(ids, isTrained).map { .integer($1 ? Int($0) : -100) })),
      ])
    }
  }

  private static func json(_ turn: Turn) -> JSON {
    var members: [(key: String, value: JSON)] = [
      ("role", .string(turn.message.role.rawValue)), ("content", .string(turn.message.content)),
    ]
    if turn.message.role == .assistant, !turn.isTrained { members.append(("weight", .integer(0))) }
    return .object(members)
  }
}
