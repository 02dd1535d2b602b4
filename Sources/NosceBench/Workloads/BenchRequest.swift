import Foundation
import NosceEngine

/// What is measured.
package enum Workload: String, Sendable, CaseIterable {
  /// Training steps of a LoRA adapter on every linear module.
  case lora
  /// Training steps of all weights.
  case full
  /// Many prompts continued together.
  case sample
  /// One prompt continued.
  case single
  /// Log-probabilities of many answers to each of many prompts.
  case score
  /// Whole subjects: trained, asked and scored.
  case experiment
}

/// One measurement: a workload, the model and inputs it runs on, and how.
package struct BenchRequest: Sendable {
  package var workload: Workload
  package var model: URL
  package var inputs: URL
  /// nil leaves the choice to the workload.
  package var precision: Precision?
  /// How many prompts `score` reads; all when nil.
  package var items: Int?
  /// How many subjects `experiment` makes.
  package var cells = 20
  package var threads = 2
  /// Seconds to keep looking for repetitions that nothing else disturbed.
  package var patience = 20.0

  package init(workload: Workload, model: URL, inputs: URL) {
    self.workload = workload
    self.model = model
    self.inputs = inputs
  }

  /// The model's name: its folder's, without the suffix of a twin in 32 bits.
  package var modelName: String {
    let name = model.standardizedFileURL.lastPathComponent
    return name.hasSuffix("-f32") ? String(name.dropLast(4)) : name
  }
}
