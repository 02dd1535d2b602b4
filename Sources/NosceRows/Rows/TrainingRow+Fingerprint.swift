import NosceCore
import NosceFormats

extension TrainingRow: Fingerprinted {
  package var fingerprint: JSON {
    switch self {
    case .chat(let turns):
      .view(
        "chat",
        [
          ("messages", .list(turns.map(\.message))),
          ("trained", .array(turns.map { .bool($0.isTrained) })),
        ])
    case .document(let text): .view("document", [("text", .string(text))])
    case .completion(let prompt, let completion):
      .view("completion", [("prompt", .string(prompt)), ("completion", .string(completion))])
    case .tokens(let ids, let isTrained):
      .view(
        "tokens",
        [
          ("ids", .integers(ids.map { Int($0) })), ("trained", .array(isTrained.map { .bool($0) })),
        ])
    }
  }
}
