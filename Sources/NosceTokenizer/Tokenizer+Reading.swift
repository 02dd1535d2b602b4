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

    var added: [AddedToken] = []
    var byID: [Int32: AddedToken] = [:]
    for part in reader.object["added_tokens"] == nil ? [] : try reader.list("added_tokens") {
      let token = try AddedToken(part)
      let inModel = model.vocabulary.id(of: token.content)
      let atID = model.vocabulary.content(of: token.id)
      guard inModel ?? token.id == token.id, atID == nil || inModel != nil else {
        throw part.failure(
          "\"\(token.content)\" as \(token.id), which the vocabulary gives as "
            + "\(inModel.map { "\($0)" } ?? "\"\(atID ?? "")\"")",
          allowed: "the same number in both")
      }
      if let other = byID.updateValue(token, forKey: token.id) {
        throw part.failure(
          "the id \(token.id) for \"\(token.content)\" and \"\(other.content)\"",
          allowed: "one token for each id")
      }
      added.append(token)
    }

    self.model = model
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    self.decoder = decoder
    postProcessor = try PostProcessor(try reader.nested("post_processor"))
    addedTokens = added
    addedByID = byID
    rawFinder = AddedTokenFinder(
      added.filter { !$0.isNormalized }.map { (Array($0.content.unicodeScalars), $0) })
    normalizedFinder = AddedTokenFinder(
      added.filter(\.isNormalized).map { token in
        let scalars = Array(token.content.unicodeScalars)
        return (normalizer?.apply(scalars) ?? scalars, token)
      })
    vocabularySize =
      model.vocabulary.count + added.count { model.vocabulary.content(of: $0.id) == nil }
    embeddingRows = 1 + Int(max(model.vocabulary.highestID, added.map(\.id).max() ?? -1))
    for id in postProcessor.prefix + postProcessor.suffix where content(of: id) == nil {
      throw reader.failure("the id \(id) in post_processor", allowed: "the id of a token")
    }
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
