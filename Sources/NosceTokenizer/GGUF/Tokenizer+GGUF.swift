import NosceFormats

extension Tokenizer {
  /// The tokenizer of a folder or of GGUF files.
  package init(_ files: ModelFiles) throws(TokenizerError) {
    switch files {
    case .folder(let directory): try self.init(contentsOf: directory)
    case .gguf(let file):
      try self.init(file.metadata)
      try translated { () throws(CheckpointError) in
        for part in file.files { try part.checkWhole() }
      }
    }
  }

  /// Builds the tokenizer that the metadata of a GGUF file describes.
  ///
  /// Taken are byte-level vocabularies with merges and a pre-tokenizer whose name is known (`gpt2`),
  /// and those of SentencePiece's byte-pair encoding, whose merges follow from scores (`llama`).
  package init(_ metadata: GGUFMetadata) throws(TokenizerError) {
    let kind = try translated { () throws(CheckpointError) in
      guard let kind = try metadata.string(GGUFTextKeys.model), ["gpt2", "llama"].contains(kind)
      else {
        throw metadata.failure(
          GGUFTextKeys.model,
          allowed: "gpt2 (byte-level BPE) or llama (SentencePiece BPE)")
      }
      return kind
    }
    let tokens = try GGUFTokens(metadata)
    let ids = try GGUFTokenIDs(metadata, count: tokens.count) { id in
      [.control, .unknown].contains(tokens.kinds[Int(id)])
    }
    if kind == "gpt2" {
      try self.init(byteLevel: tokens, ids, metadata)
    } else {
      try self.init(scored: tokens, ids, metadata)
    }
  }

  private init(
    byteLevel tokens: GGUFTokens, _ ids: GGUFTokenIDs, _ metadata: GGUFMetadata
  ) throws(TokenizerError) {
    let key = GGUFTextKeys.preTokenizer
    let (name, pre) = try translated { () throws(CheckpointError) in
      guard let name = try metadata.string(key), let pre = NamedPreTokenizer.named(name) else {
        throw metadata.failure(
          key,
          allowed: "the name of a pre-tokenizer: "
            + NamedPreTokenizer.names.joined(
              separator: ", "))
      }
      return (name, pre)
    }
    let architecture = try translated { () throws(CheckpointError) in
      try metadata.string("general.architecture")
    }
    var notes: [String] = []
    if name == "default" {
      notes.append(
        "\(key) is \"default\": the converter did not say how this model cuts texts, and llama.cpp's "
          + "fallback is used. Its tokens may be others than those that the model was trained on.")
    }
    let bytes = BytePairModel.byteTokens(of: tokens.vocabulary, isByteLevel: true)
    // The other bytes stand in no UTF-8.
    let missing = (UInt8.min...0xF4).count { byte in
      bytes[Int(byte)] < 0 && byte != 0xC0 && byte != 0xC1
    }
    if missing > 0, ids.unknown == nil {
      notes.append("\(missing) bytes have no token: they are left out of texts.")
    }
    let model = BytePairModel(
      tokens.vocabulary, try WrittenMerges.list(tokens, metadata), isByteLevel: true,
      byteTokens: bytes, unknown: missing > 0 ? ids.unknown : nil, joinsUnknown: false,
      ignoresMerges: pre.ignoresMerges)
    // All models of this architecture have one vocabulary, under several names.
    let composes = pre.composes || architecture == "gptneox"
    self.init(
      model, composes ? .form(NormalForm(isComposed: true, isCompatible: false)) : nil,
      try PreTokenizer(splittingAt: pre.patterns, of: name, file: tokens.file), .byteLevel,
      try ids.postProcessor(metadata, addsBeginning: pre.addsBeginning),
      tokens.added(swallowBlanks: false), embeddingRows: tokens.count, notes: notes)
  }

  private init(
    scored tokens: GGUFTokens, _ ids: GGUFTokenIDs, _ metadata: GGUFMetadata
  ) throws(TokenizerError) {
    let (hasPrefix, modelName) = try translated { () throws(CheckpointError) in
      (
        try metadata.bool(GGUFTextKeys.spacePrefix) ?? true, try metadata.string("general.name")
      )
    }
    for (index, kind) in tokens.kinds.enumerated() where kind == .byte {
      let content = tokens.vocabulary.bytes(of: Int32(index)) ?? []
      guard content.withUnsafeBufferPointer({ TokenDecoder.byte(of: $0) }) != nil else {
        throw TokenizerError(
          file: tokens.file,
          found:
            "\(GGUFTokens.listKey)[\(index)] = \"\(tokens.content(of: Int32(index)))\", a byte",
          allowed: "bytes written as <0x0A>")
      }
    }
    let bytes = BytePairModel.byteTokens(of: tokens.vocabulary, isByteLevel: false)
    let isComplete = !bytes.contains(-1)
    guard isComplete || ids.unknown != nil else {
      throw TokenizerError(
        file: tokens.file, found: "neither a token for every byte nor \(GGUFTokenIDs.unknownKey)",
        allowed: "one of them, for characters that have no token")
    }
    let merges = try ScoredMerges(tokens, metadata).list()
    let model = BytePairModel(
      tokens.vocabulary, merges, isByteLevel: false, byteTokens: bytes,
      unknown: isComplete ? nil : ids.unknown, joinsUnknown: true, ignoresMerges: false)
    let mark = Array("\u{2581}".utf8)
    let marking = Normalizer.replace(.text([0x20]), mark)
    let unmarking = TokenDecoder.replace(.text(mark), [0x20])
    // What llama.cpp does for models called so; the file has no key for it.
    let name = modelName?.lowercased() ?? ""
    let isPhi3 = name.contains("phi-3") || name.contains("phi3")
    self.init(
      model, hasPrefix ? .sequence([.prepend(mark), marking]) : marking,
      try PreTokenizer(nil),
      .sequence(
        [unmarking, .byteFallback, .fuse] + (hasPrefix ? [.strip([0x20], start: 1, stop: 0)] : [])),
      try ids.postProcessor(metadata, addsBeginning: true),
      tokens.added(swallowBlanks: isPhi3), embeddingRows: tokens.count)
  }
}
