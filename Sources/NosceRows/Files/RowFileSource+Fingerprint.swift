import NosceCore
import NosceFormats

extension RowFileSource: Fingerprinted {
  /// What a file says counts, and not where it lies or how it is called.
  package var fingerprint: JSON {
    .parts([
      ("hash", .string(contentHash)), ("count", count.map { .integer($0) }),
      ("system", .string(system.rawValue)),
    ])
  }
}
