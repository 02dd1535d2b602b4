import NosceEngine
import NosceFormats
import NosceTokenizer

extension CheckpointText {
  /// The text side of a folder or of GGUF files; refuses a tokenizer that cannot be the model's.
  package init(_ files: ModelFiles, model: ModelConfiguration) throws {
    switch files {
    case .folder(let directory): try self.init(directory: directory, model: model)
    case .gguf(let file):
      try self.init(file)
      try Self.check(
        tokenizer, model: model, file: "\(file.metadata.file) (\(GGUFTextKeys.tokens))")
    }
  }

  /// Reads the files, whatever model they belong to.
  package init(_ files: ModelFiles) throws {
    switch files {
    case .folder(let directory): try self.init(directory: directory)
    case .gguf(let file): try self.init(file)
    }
  }

  private init(_ file: GGUFFile) throws {
    let files = ModelFiles.gguf(file)
    directory = file.url
    if try ChatTemplate.load(files) != nil {
      let chat = try ChatTokenizer(files)
      self.chat = chat
      tokenizer = chat.tokenizer
      stopTokenIDs = chat.stopTokenIDs
    } else {
      chat = nil
      tokenizer = try Tokenizer(files)
      stopTokenIDs = try ChatTokenizer.stopTokenIDs(file.metadata, tokenizer)
    }
  }
}
