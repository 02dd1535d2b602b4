import NosceCore

/// A chat template that was given for a model, to be used in place of its own.
///
/// All of it is kept with whatever was asked or trained through it, so that the file may change or go.
package struct GivenTemplate: Codable, Sendable, Hashable {
  /// As it was asked for: `plain`, or the path of a file.
  package let name: String
  /// SHA-256 of the source.
  package let hash: String
  package let source: String
  /// Whether what the tokenizer puts before a text stands before what the template writes.
  package let addsBeginning: Bool

  private enum CodingKeys: String, CodingKey {
    case name, source
    case hash = "sha256"
    case addsBeginning = "adds_beginning"
  }

  package init(name: String, source: String, addsBeginning: Bool = false) {
    self.name = name
    self.source = source
    self.addsBeginning = addsBeginning
    hash = ContentHash.of(source)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      name: try container.decode(String.self, forKey: .name),
      source: try container.decode(String.self, forKey: .source),
      addsBeginning: try container.decode(Bool.self, forKey: .addsBeginning))
    guard try container.decode(String.self, forKey: .hash) == hash else {
      throw DecodingError.dataCorruptedError(
        forKey: .hash, in: container,
        debugDescription: "the template's source is not the one with this SHA-256")
    }
  }

  /// Whether both make the same of every conversation, whatever they are called.
  package func isSame(as other: GivenTemplate?) -> Bool {
    hash == other?.hash && addsBeginning == other?.addsBeginning
  }

  /// `plain (1a2b3c4d5e6f)`
  package var words: String { "\(name) (\(hash.prefix(12)))" }
}
