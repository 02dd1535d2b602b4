import Foundation
import NosceEngine
import NosceTokenizer

/// Writes an organism as a Hugging Face checkpoint folder, which the reference libraries open too.
struct OrganismFolder {
  private let text: PretrainingText

  init(_ text: PretrainingText) { self.text = text }

  /// Weights in bfloat16: half the size, and what the products of its training were computed in.
  func write(_ model: ModelParameters, to folder: URL) throws {
    let writer = try TokenizerWriter(
      words: text.vocabulary.words, splitPattern: text.vocabulary.splitPattern)
    precondition(
      writer.vocabularySize == text.encoder.vocabularySize,
      "the tokenizer and the encoder number the same words")
    try writer.write(to: folder, maximumLength: model.configuration.maximumPositions)
    try model.save(to: folder, storage: .bfloat16)
    try OrganismCard(
      world: text.world.kind, recipe: text.recipe.name, seed: text.recipe.seed,
      materials: text.materials
    ).write(to: folder)
  }
}
