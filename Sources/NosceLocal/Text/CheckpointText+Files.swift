import NosceEngine
import NosceFormats
import NoscePorts
import NosceTokenizer

extension CheckpointText {
  /// The text side of a folder or of GGUF files; refuses a tokenizer that cannot be the model's.
  package init(
    _ files: ModelFiles, model: ModelConfiguration, template: GivenTemplate? = nil
  ) throws {
    switch files {
    case .folder(let directory):
      try self.init(directory: directory, model: model, template: template)
    case .gguf(let file):
      try self.init(file, template)
      try Self.check(
        tokenizer, model: model, file: "\(file.metadata.file) (\(GGUFTextKeys.tokens))")
    }
  }

  /// Reads the files, whatever model they belong to.
  ///
  /// - Parameter template: what is used in place of their own chat template.
  package init(_ files: ModelFiles, template: GivenTemplate? = nil) throws {
    switch files {
    case .folder(let directory): try self.init(directory: directory, template: template)
    case .gguf(let file): try self.init(file, template)
    }
  }

  private init(_ file: GGUFFile, _ template: GivenTemplate?) throws {
    let files = ModelFiles.gguf(file)
    directory = file.url
    self.template = template
    let given = try template.map(ChatTemplate.init)
    if try given ?? ChatTemplate.load(files) != nil {
      let chat = try ChatTokenizer(files, template: given)
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
