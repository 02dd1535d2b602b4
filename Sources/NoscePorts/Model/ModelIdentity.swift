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
  /// Changes whenever the base model does: of a checkpoint its files and the template that was given
  /// for it, of an endpoint what it serves.
  package var contentHash: String
  /// The chat template that was given for it; nil where it is asked through its own.
  package var template: GivenTemplate?

  package init(
    name: String, summary: String, note: String?, contentHash: String,
    template: GivenTemplate? = nil
  ) {
    self.name = name
    self.summary = summary
    self.note = note
    self.contentHash = contentHash
    self.template = template
  }
}

extension ModelIdentity: Fingerprinted {
  package var fingerprint: JSON {
    .parts([("name", .string(name)), ("hash", .string(contentHash))])
  }
}
