import Foundation
import NosceRows

/// One fine-tuning to be done.
package struct TrainingJob: Sendable {
  package var name: String
  package var rows: [TrainingRow]
  package var settings: TrainingSettings
  package var seed: UInt64
  /// Steps after which a copy of the subject is kept.
  package var snapshotSteps: [Int]
  /// Where the adapter goes, in PEFT form, written atomically.
  package var adapterDirectory: URL

  package init(
    name: String, rows: [TrainingRow], settings: TrainingSettings, seed: UInt64,
    snapshotSteps: [Int] = [], adapterDirectory: URL
  ) {
    self.name = name
    self.rows = rows
    self.settings = settings
    self.seed = seed
    self.snapshotSteps = snapshotSteps
    self.adapterDirectory = adapterDirectory
  }
}

/// How far one fine-tuning has come.
package struct TrainingProgress: Sendable {
  package var step: Int
  package var totalSteps: Int
  package var loss: Double

  package init(step: Int, totalSteps: Int, loss: Double) {
    self.step = step
    self.totalSteps = totalSteps
    self.loss = loss
  }
}
