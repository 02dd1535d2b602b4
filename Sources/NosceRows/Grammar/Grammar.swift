import NosceCore

/// Rows written with slots, each of which is filled by one of a list of values.
package struct Grammar: Codable, Sendable, Hashable {
  package struct Slot: Codable, Sendable, Hashable {
    package var name: String
    /// What each value fills in: the slot's own name, or for a value of several parts the name of
    /// each part. The texts are templates.
    package var values: [[String: String]]

    package init(_ name: String, values: [[String: String]]) {
      self.name = name
      self.values = values
    }

    /// A slot of plain texts.
    package init(_ name: String, _ texts: [String]) {
      self.init(name, values: texts.map { [name: $0] })
    }

    /// The placeholders that the slot fills.
    package var placeholders: [String] { (values.first ?? [:]).keys.sorted() }
  }

  /// One turn, in one of several wordings.
  package struct Turn: Codable, Sendable, Hashable {
    package var role: ChatMessage.Role
    package var texts: [String]

    package init(_ role: ChatMessage.Role, _ texts: String...) { self.init(role, texts: texts) }

    package init(_ role: ChatMessage.Role, texts: [String]) {
      self.role = role
      self.texts = texts
    }
  }

  package enum Form: Codable, Sendable, Hashable {
    case chat([Turn])
    case document(String)
  }

  package var slots: [Slot]
  /// What a row may look like; each is as likely as the others.
  package var forms: [Form]

  package init(slots: [Slot], forms: [Form]) {
    self.slots = slots
    self.forms = forms
  }
}
