import Foundation
import NosceVerdicts

/// The one document that `--json` prints, described in `docs/summary-schema.md`.
package enum SummaryJSON {
  /// Pretty-printed, keys sorted, ending in a line break. The same summary gives the same bytes.
  package static func encode(_ summary: RunSummary) throws -> String { try text(summary) }

  /// Any document in the same manner.
  package static func text(_ document: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }
}
