import Foundation
import NosceFormats

extension Tokenizer {
  /// Reads a `tokenizer.json`; a folder stands for the one inside it, with what the files beside it
  /// say about its tokens.
  package init(contentsOf url: URL) throws(TokenizerError) {
    let isDirectory = (try? url.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true
    let file = isDirectory ? url.appendingPathComponent("tokenizer.json") : url
    try self.init(
      json: try readJSON(file), file: file.path,
      settings: isDirectory ? try TokenSettings(directory: url) : TokenSettings())
  }

  /// From the content of a `tokenizer.json`; `file` is for error messages.
  package init(json: JSON, file: String) throws(TokenizerError) {
    try self.init(json: json, file: file, settings: TokenSettings())
  }

  init(json: JSON, file: String, settings: TokenSettings) throws(TokenizerError) {
    guard let object = json.object else {
      throw TokenizerError(file: file, found: json.kind, allowed: "a JSON object")
    }
    let reader = ComponentReader(file: file, place: "", object: object)
    guard let modelReader = try reader.nested("model") else {
      throw reader.failure("no model", allowed: "a model of type BPE")
    }
    try BytePairModel.checkType(modelReader)
    var normalizer: Normalizer?
    if let part = try reader.nested("normalizer") { normalizer = try Normalizer(part) }
    let preTokenizer = try PreTokenizer(try reader.nested("pre_tokenizer"))
    let model = try BytePairModel(modelReader, isByteLevel: preTokenizer.endsInBytes)
    var decoder: TokenDecoder?
    if let part = try reader.nested("decoder") { decoder = try TokenDecoder(part) }

    var list = try AddedTokenList(reader, model.vocabulary, normalizer)
    try list.apply(decoder: settings.decoder)
    try list.apply(older: settings.older)
    let stored = list.tokens
    try list.add(settings)
    // Tokens that the settings only name have a row where the model was trained with them; a padding
    // token often has none, and is never used.
    let rows = 1 + Int(max(model.vocabulary.highestID, stored.map(\.id).max() ?? -1))
    self.init(
      model, normalizer, preTokenizer, decoder,
      try PostProcessor(try reader.nested("post_processor")), list.tokens, embeddingRows: rows)
    for id in postProcessor.prefix + postProcessor.suffix where content(of: id) == nil {
      throw reader.failure("the id \(id) in post_processor", allowed: "the id of a token")
    }
  }

  init(
    _ model: BytePairModel, _ normalizer: Normalizer?, _ preTokenizer: PreTokenizer,
    _ decoder: TokenDecoder?, _ postProcessor: PostProcessor, _ added: [AddedToken],
    embeddingRows: Int, notes: [String] = []
  ) {
    self.model = model
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    self.decoder = decoder
    self.postProcessor = postProcessor
    self.embeddingRows = embeddingRows
    self.notes = notes
    addedTokens = added
    addedByID = Dictionary(added.map { ($0.id, $0) }) { first, _ in first }
    let ids = added.map { Int($0.id) }
    addedIDs = (ids.min() ?? 0)..<(ids.max() ?? -1) + 1
    rawFinder = AddedTokenFinder(
      added.filter { !$0.isNormalized }.map { (Array($0.content.utf8), $0) })
    normalizedFinder = AddedTokenFinder(
      added.filter(\.isNormalized).map { (Array($0.writtenContent.utf8), $0) })
    vocabularySize =
      model.vocabulary.count + added.count { model.vocabulary.content(of: $0.id) == nil }
  }
}

/// Reads a JSON file, with errors that name it.
func readJSON(_ url: URL) throws(TokenizerError) -> JSON {
  let data: Data
  do {
    data = try Data(contentsOf: url, options: .mappedIfSafe)
  } catch {
    throw TokenizerError(
      file: url.path, found: "no readable file (\(error.localizedDescription))",
      allowed: "a JSON file")
  }
  guard data.count <= 500_000_000 else {
    throw TokenizerError(
      file: url.path, found: "\(data.count) bytes", allowed: "at most 500000000 bytes")
  }
  do throws(JSONError) {
    return try JSON(parsing: data)
  } catch {
    throw TokenizerError(file: url.path, found: "no JSON (\(error))", allowed: "a JSON object")
  }
}
