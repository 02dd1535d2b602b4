import Foundation
import NosceFormats

extension Tokenizer {
  /// Reads a `tokenizer.json`; a folder stands for the one inside it.
  package init(contentsOf url: URL) throws(TokenizerError) {
    let isDirectory = (try? url.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true
    let file = isDirectory ? url.appendingPathComponent("tokenizer.json") : url
    try self.init(json: try readJSON(file), file: file.path)
  }

  /// From the content of a `tokenizer.json`; `file` is for error messages.
  package init(json: JSON, file: String) throws(TokenizerError) {
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

    let added = try Self.addedTokens(reader, model.vocabulary, normalizer)

    self.model = model
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    self.decoder = decoder
    postProcessor = try PostProcessor(try reader.nested("post_processor"))
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
    embeddingRows = 1 + Int(max(model.vocabulary.highestID, added.map(\.id).max() ?? -1))
    for id in postProcessor.prefix + postProcessor.suffix where content(of: id) == nil {
      throw reader.failure("the id \(id) in post_processor", allowed: "the id of a token")
    }
  }

  /// The added tokens, whose ids must be those that the reference library gives them, whatever the
  /// file says: the vocabulary's where it has the token, else one after the other behind it.
  private static func addedTokens(
    _ reader: ComponentReader, _ vocabulary: Vocabulary, _ normalizer: Normalizer?
  ) throws(TokenizerError) -> [AddedToken] {
    var added: [AddedToken] = []
    var byID: [Int32: String] = [:]
    var next = Int32(vocabulary.count)
    for part in reader.object["added_tokens"] == nil ? [] : try reader.list("added_tokens") {
      guard let token = try AddedToken(part, normalizer) else { continue }
      let inModel = vocabulary.id(of: token.content)
      guard token.id == inModel ?? next else {
        throw part.failure(
          "\"\(token.content)\" as \(token.id)",
          allowed: inModel.map { "\($0), as in the vocabulary" } ?? "\(next), the next free id")
      }
      if inModel == nil, let other = vocabulary.content(of: token.id) {
        throw part.failure(
          "\"\(token.content)\" as \(token.id), which the vocabulary gives as \"\(other)\"",
          allowed: "one token for each id")
      }
      if let other = byID.updateValue(token.content, forKey: token.id) {
        throw part.failure(
          "the id \(token.id) for \"\(token.content)\" and \"\(other)\"",
          allowed: "one token for each id")
      }
      added.append(token)
      if token.id >= next {
        guard token.id < .max else { throw part.failure("the id \(token.id)", allowed: "less") }
        next = token.id + 1
      }
    }
    return added
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
