import NoscePorts
import NosceTokenizer

extension ChatTemplate {
  /// The template that was given for a model.
  package init(_ given: GivenTemplate) throws {
    try self.init(
      source: given.source, name: given.name, isGiven: true, addsBeginning: given.addsBeginning)
  }
}

extension GivenTemplate {
  /// The bundled one for models that have none. It knows no token of any model, so what the tokenizer
  /// puts before a text is put before it.
  package static var plain: GivenTemplate {
    GivenTemplate(
      name: ChatTemplate.plainName, source: ChatTemplate.plainSource, addsBeginning: true)
  }
}
