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
  /// Where the copies go, each in a folder of its own, in the same way.
  package var snapshotDirectory: URL

  package init(
    name: String, rows: [TrainingRow], settings: TrainingSettings, seed: UInt64,
    snapshotSteps: [Int] = [], adapterDirectory: URL, snapshotDirectory: URL
  ) {
    self.name = name
    self.rows = rows
    self.settings = settings
    self.seed = seed
    self.snapshotSteps = snapshotSteps
    self.adapterDirectory = adapterDirectory
    self.snapshotDirectory = snapshotDirectory
  }

  /// The folder of the copy after a step.
  package func snapshot(_ step: Int) -> URL {
    snapshotDirectory.appending(path: "step-\(step)")
  }
}
