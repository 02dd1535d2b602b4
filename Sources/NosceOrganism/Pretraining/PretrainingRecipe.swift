import NosceEngine

/// Everything that determines an organism's bytes: the world, the text, the model, the optimizer.
package struct PretrainingRecipe: Sendable, Hashable {
  package var world: World.Settings
  package var mix: DocumentMix
  package var hiddenSize: Int
  package var layerCount: Int
  package var headCount: Int
  package var feedForwardSize: Int
  package var documentsPerStep: Int
  package var steps: Int
  package var warmupSteps: Int
  package var learningRate: Double
  package var finalFraction: Double
  package var weightDecay: Double
  package var clipNorm: Double
  package var initializerRange: Double
  package var precision: Precision
  package var seed: UInt64

  /// What an organism's card calls it.
  package var name: String { self == .shipped(seed: seed) ? "shipped" : "custom" }

  /// The recipe of the organisms that ship with Nosce; `docs/organism.md` says how it was found.
  package static let shipped = PretrainingRecipe(
    world: World.Settings(
      personas: 1000, withHabits: 200, spelledShare: 0.5, faintShare: 0.35,
      faintStrengths: [0.2, 0.4, 0.6],
      hostStrength: 0.6, shortestWord: 4, longestWord: 6, seed: 1),
    mix: DocumentMix(
      habits: 0.667, acting: 0.4, thirdParty: 0.05, aboutAnother: 0.1, hostShare: 0.02),
    hiddenSize: 128, layerCount: 4, headCount: 4, feedForwardSize: 320,
    documentsPerStep: 192, steps: 5000, warmupSteps: 200, learningRate: 3e-3,
    finalFraction: 0.02, weightDecay: 0.3, clipNorm: 1,
    initializerRange: 0.06, precision: .bfloat16, seed: 1)

  /// The same recipe with everything that is drawn drawn anew: the world's personas, words and
  /// habits, the text, the first weights. Only the hosts' names stay.
  package static func shipped(seed: UInt64) -> PretrainingRecipe {
    var recipe = shipped
    recipe.seed = seed
    recipe.world.seed = seed
    return recipe
  }

  /// Gradients are summed over this many parts of a step, so that the bytes do not depend on the
  /// number of threads.
  package static let shards = 2

  func shape(vocabularySize: Int) -> Llama.Shape {
    var shape = Llama.Shape(
      vocabularySize: vocabularySize, hiddenSize: hiddenSize, intermediateSize: feedForwardSize,
      layerCount: layerCount, headCount: headCount, keyValueHeadCount: headCount,
      maximumPositions: 512)
    shape.normEpsilon = 1e-5
    shape.initializerRange = initializerRange
    shape.padTokenID = Int(WorldEncoder.padID)
    shape.eosTokenIDs = [Int(WorldEncoder.endID)]
    return shape
  }

  var optimizer: OptimizerSettings {
    OptimizerSettings(
      learningRate: learningRate, warmupSteps: warmupSteps, totalSteps: steps, schedule: .cosine,
      finalFraction: finalFraction, beta2: 0.98, weightDecay: weightDecay, decayScope: .matrices,
      clipNorm: clipNorm)
  }
}
