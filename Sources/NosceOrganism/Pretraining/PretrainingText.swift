import NosceCore
import NosceEngine
import NosceRows

/// The pretraining text of a recipe, step by step.
///
/// A step's documents depend on the recipe and on the step's number, and on nothing before it, so
/// a training that was stopped goes on with the same text.
package struct PretrainingText: Sendable {
  package let recipe: PretrainingRecipe
  package let materials: Materials
  package let world: World
  package let vocabulary: Vocabulary
  package let encoder: WorldEncoder
  package let generator: DocumentGenerator

  /// - Parameter materials: the words and tasks that the world is made of.
  package init(_ recipe: PretrainingRecipe, kind: World.Kind, materials: Materials) throws {
    self.recipe = recipe
    self.materials = materials
    let words = materials.words
    world = World(
      kind: kind, settings: recipe.world, reservedWords: Set(words.report + words.development),
      takenNames: try Vocabulary.plainWords(of: materials))
    vocabulary = try Vocabulary(world: world, materials: materials)
    encoder = WorldEncoder(vocabulary)
    generator = try DocumentGenerator(world: world, mix: recipe.mix, materials: materials)
  }

  package func documents(step: Int) -> [Document] {
    var random = SeededGenerator(seed: recipe.seed, labStream: "step \(step)")
    return (0..<recipe.documentsPerStep).map { _ in generator.document(using: &random) }
  }

  package func examples(step: Int) -> [TrainingExample] {
    documents(step: step).map { document in
      let encoded = encoder.encode(document)
      return TrainingExample(tokens: encoded.tokens, isTarget: encoded.isTarget)
    }
  }
}
