import NosceCore
import NosceFormats

extension Grammar: Fingerprinted {
  package var fingerprint: JSON {
    .parts([("slots", .list(slots)), ("forms", .list(forms))])
  }
}

extension Grammar.Slot: Fingerprinted {
  package var fingerprint: JSON {
    .parts([("name", .string(name)), ("values", .array(values.map { .texts($0) }))])
  }
}

extension Grammar.Form: Fingerprinted {
  package var fingerprint: JSON {
    switch self {
    case .chat(let turns):
      .view(
        "chat",
        [("turns", .array(turns.map { .view($0.role.rawValue, [("texts", .texts($0.texts))]) }))])
    case .document(let text): .view("document", [("text", .string(text))])
    }
  }
}
