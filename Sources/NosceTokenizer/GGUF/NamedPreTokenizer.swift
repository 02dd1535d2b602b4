/// How a byte-level tokenizer cuts texts, as far as `tokenizer.ggml.pre` of a GGUF file says it.
///
/// A GGUF file has only a name for what `tokenizer.json` spells out. With another cut the same
/// vocabulary gives other tokens than those that the model was trained on, so a name that is not
/// known is refused, and so is a file without one.
struct NamedPreTokenizer: Sendable {
  /// Each isolates what it matches in the pieces that the one before it left.
  let patterns: [String]
  /// A piece that is a token is taken as it is.
  let ignoresMerges: Bool
  /// Whether a token for the beginning is put before texts where the file does not say.
  let addsBeginning: Bool
  /// Whether the models of this name compose characters (NFC) first, which no key says either.
  let composes: Bool

  init(
    _ patterns: [String], ignoresMerges: Bool = false, addsBeginning: Bool = false,
    composes: Bool = false
  ) {
    self.patterns = patterns
    self.ignoresMerges = ignoresMerges
    self.addsBeginning = addsBeginning
    self.composes = composes
  }

  /// What a name stands for; nil where it is not known.
  static func named(_ name: String) -> NamedPreTokenizer? {
    table.first { $0.names.contains(name) }?.value
  }

  /// All names, in order.
  static var names: [String] { table.flatMap(\.names).sorted() }
}
