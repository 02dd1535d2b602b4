import NosceFormats
import NosceTemplates

extension ChatSettings {
  /// What the metadata of a GGUF file say about the special tokens of its conversations.
  init(_ metadata: GGUFMetadata, tokenizer: Tokenizer) throws(TokenizerError) {
    let ids = try GGUFTokenIDs(
      metadata, count: tokenizer.embeddingRows, isSpecial: tokenizer.isSpecial)
    variables = [
      ("bos_token", ids.beginning), ("eos_token", ids.end), ("unk_token", ids.unknown),
      ("pad_token", ids.padding),
    ].compactMap { name, id in
      id.flatMap(tokenizer.content(of:)).map { (name, .string($0)) }
    }
    stopTokenIDs = Self.stops(ids, tokenizer)
  }

  /// The tokens that the file names as ends, then those whose text says that they end an answer.
  ///
  /// Files often name only one of them. A text counts only where the file has it as a control token.
  private static func stops(_ ids: GGUFTokenIDs, _ tokenizer: Tokenizer) -> [Int32] {
    var stops: [Int32] = []
    for id in [ids.end, ids.endOfTurn, ids.endOfMessage] {
      if let id, !stops.contains(id) { stops.append(id) }
    }
    // Where an answer is said to return, that ends it, and this token only a part of it.
    let hasReturn = tokenizer.tokenID(for: "<|return|>") != nil
    let texts = GGUFTokens.ends.filter { $0 != "<|end|>" || !hasReturn }
    let found = texts.compactMap(tokenizer.tokenID(for:)).filter(tokenizer.isSpecial).sorted()
    return stops + found.filter { !stops.contains($0) }
  }
}

extension ChatTemplate {
  /// The template of a folder or of GGUF files; nil if there is none.
  package static func load(
    _ files: ModelFiles, named name: String = "default"
  ) throws -> ChatTemplate? {
    switch files {
    case .folder(let directory): return try load(directory: directory, named: name)
    case .gguf(let file): return try load(file.metadata, named: name)
    }
  }

  /// The template in the metadata of a GGUF file: `tokenizer.chat_template`, or the one behind that
  /// key that has the name.
  private static func load(
    _ metadata: GGUFMetadata, named name: String
  ) throws -> ChatTemplate? {
    let key = name == "default" ? GGUFTextKeys.template : "\(GGUFTextKeys.template).\(name)"
    guard let source = try translated({ () throws(CheckpointError) in try metadata.string(key) })
    else { return nil }
    return try ChatTemplate(source: source, name: "\(metadata.file) (\(key))")
  }

  /// The names of a GGUF file's further templates.
  package static func names(in metadata: GGUFMetadata) -> [String] {
    let start = "\(GGUFTextKeys.template)."
    return metadata.keys.filter { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
  }
}

extension ChatTokenizer {
  /// Reads tokenizer, template and stop tokens of a folder or of GGUF files.
  ///
  /// - Parameter given: a template to be used in place of their own.
  package init(
    _ files: ModelFiles, template given: ChatTemplate? = nil, date: TemplateDate = .standard
  ) throws {
    switch files {
    case .folder(let directory):
      try self.init(directory: directory, template: given, date: date)
    case .gguf(let file):
      guard let template = try given ?? ChatTemplate.load(files) else {
        throw TokenizerError(
          file: file.metadata.file, found: "no chat template", allowed: GGUFTextKeys.template)
      }
      let tokenizer = try Tokenizer(files)
      let settings = try ChatSettings(file.metadata, tokenizer: tokenizer)
      self.init(
        tokenizer: tokenizer, template: template, stopTokenIDs: settings.stopTokenIDs,
        variables: settings.variables, date: date)
    }
  }

  /// What a template asks for of a GGUF file, for example `bos_token`.
  package static func variables(
    _ metadata: GGUFMetadata, _ tokenizer: Tokenizer
  ) throws(TokenizerError) -> [(name: String, value: JSON)] {
    try ChatSettings(metadata, tokenizer: tokenizer).variables
  }

  /// The tokens after which an answer has ended, for a GGUF file without a template.
  package static func stopTokenIDs(
    _ metadata: GGUFMetadata, _ tokenizer: Tokenizer
  ) throws(TokenizerError) -> [Int32] {
    try ChatSettings(metadata, tokenizer: tokenizer).stopTokenIDs
  }
}
