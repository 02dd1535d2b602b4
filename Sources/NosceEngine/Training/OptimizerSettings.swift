import Foundation

/// How a trainer turns gradients into steps: AdamW with decoupled decay, as the field uses it.
package struct OptimizerSettings: Sendable, Equatable, Codable {
  package enum Schedule: String, Sendable, Codable, CaseIterable { case constant, linear, cosine }
  package enum DecayScope: String, Sendable, Codable { case all, matrices }

  package var learningRate: Double
  package var warmupSteps: Int
  /// The length that `linear` and `cosine` fall over.
  package var totalSteps: Int
  package var schedule: Schedule
  /// The share of the learning rate that the schedule ends on.
  package var finalFraction: Double
  package var beta1: Double
  package var beta2: Double
  package var epsilon: Double
  package var weightDecay: Double
  package var decayScope: DecayScope
  /// The gradient's norm is brought down to this when it is larger.
  package var clipNorm: Double?

  package init(
    learningRate: Double, warmupSteps: Int = 0, totalSteps: Int = 0, schedule: Schedule = .constant,
    finalFraction: Double = 0, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0, decayScope: DecayScope = .all, clipNorm: Double? = nil
  ) {
    self.learningRate = learningRate
    self.warmupSteps = warmupSteps
    self.totalSteps = totalSteps
    self.schedule = schedule
    self.finalFraction = finalFraction
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decayScope = decayScope
    self.clipNorm = clipNorm
  }

  /// The learning rate of step 0, 1, 2…: a straight rise from zero, then the schedule.
  package func learningRate(step: Int) -> Double {
    if step < warmupSteps { return learningRate * Double(step) / Double(warmupSteps) }
    if schedule == .constant { return learningRate }
    let length = max(1, totalSteps - warmupSteps)
    let done = min(1, Double(step - warmupSteps) / Double(length))
    let share = schedule == .linear ? 1 - done : 0.5 * (1 + cos(.pi * done))
    return learningRate * (finalFraction + (1 - finalFraction) * share)
  }
}

/// What one optimizer step did.
package struct StepReport: Sendable, Equatable, Codable {
  /// Counted from 0.
  package let step: Int
  /// The mean of -log p over the step's target tokens, before the step.
  package let loss: Double
  /// Of all gradients together, before clipping.
  package let gradientNorm: Double
  package let learningRate: Double
  package let targetTokens: Int
}
