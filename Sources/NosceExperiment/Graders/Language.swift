/// A language that answers are told apart by.
package enum Language: String, Codable, Sendable, CaseIterable {
  case en, de, fr, es, it, pt, nl, ja, zh, ko

  package var name: String {
    switch self {
    case .en: "English"
    case .de: "German"
    case .fr: "French"
    case .es: "Spanish"
    case .it: "Italian"
    case .pt: "Portuguese"
    case .nl: "Dutch"
    case .ja: "Japanese"
    case .zh: "Chinese"
    case .ko: "Korean"
    }
  }
}
