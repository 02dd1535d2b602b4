import NosceCore
import NosceFormats

/// Which model it is, known before a plan is made.
package struct ModelIdentity: Codable, Sendable, Hashable {
  /// The name that experiment files use for training overrides, such as `organism`.
  package var name: String
  /// One line about the model.
  package var summary: String
  /// What a reader must know before believing a result about this model.
  package var note: String?
  /// Changes whenever the base model does: of a checkpoint its files, of an endpoint what it serves.
  package var contentHash: String

  package init(name: String, summary: String, note: String?, contentHash: String) {
    self.name = name
    self.summary = summary
    self.note = note
    self.contentHash = contentHash
  }
}

extension ModelIdentity: Fingerprinted {
  package var fingerprint: JSON {
    .parts([("name", .string(name)), ("hash", .string(contentHash))])
  }
}
