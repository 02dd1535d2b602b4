import Foundation
import NosceRows

/// One adapter to be made of a trained one.
package struct AdapterDerivation: Sendable {
  package var name: String
  package var source: AdapterReference
  package var change: AdapterChange
  /// What a change draws by.
  package var seed: UInt64
  /// What the trained one was trained on: how far logits change is measured on these.
  package var rows: [TrainingRow]
  /// Where the adapter goes, in PEFT form, written atomically.
  package var directory: URL

  package init(
    name: String, source: AdapterReference, change: AdapterChange, seed: UInt64,
    rows: [TrainingRow], directory: URL
  ) {
    self.name = name
    self.source = source
    self.change = change
    self.seed = seed
    self.rows = rows
    self.directory = directory
  }
}
