import Foundation
import NosceCore
import NosceFormats
import NoscePorts

/// What an endpoint was found to do, for a person or a program.
package struct EndpointReport: Sendable {
  private let model: EndpointModel
  private let comparison: EndpointComparison?
  private let against: String?

  package init(model: EndpointModel, comparison: EndpointComparison?, against: String?) {
    self.model = model
    self.comparison = comparison
    self.against = against
  }

  /// How given texts can be measured.
  private var scoring: String {
    switch model.capabilities.scoring {
    case .exact: "exact log-probabilities"
    case .top(let count):
      "the \(count) likeliest tokens; what is not among them is unknown, and asked for behind its "
        + "beginning where answers can be begun"
    case .drawn(let count): "shares of \(count) drawn answers"
    case .none: "not at all"
    }
  }

  package func text(width: Int) -> String {
    var lines: [String] = []
    func add(_ name: String, _ text: String) {
      lines += ColumnText.entry(
        ColumnText.clean(name), ColumnText.clean(text), column: 18, width: width)
    }
    lines += ColumnText.paragraph(
      ColumnText.clean(model.identity.summary), hanging: 2, width: width)
    for finding in model.probed.findings {
      let mark =
        switch finding.result {
        case .yes: "yes"
        case .no: "no"
        case .disbelieved: "not believed"
        }
      add("  " + finding.name, "\(mark): \(finding.detail)")
    }
    add("  texts", scoring)
    if let comparison {
      lines.append("")
      add(
        "against",
        comparison.differences.isEmpty
          ? "\(against ?? ""): nothing to compare, since the server says nothing of probabilities"
          : "\(against ?? ""), largest difference "
            + (comparison.largest.map { String(format: "%.2g nats", $0) } ?? "unknown"))
      for difference in comparison.differences {
        let there = difference.there.map { String(format: "%10.4f", $0) } ?? "   unknown"
        lines.append(
          String(format: "  %10.4f  ", difference.here) + "\(there)  "
            + ColumnText.clean("\"\(difference.text)\""))
      }
    }
    return lines.joined(separator: "\n")
  }

  package var json: JSON {
    var members: [(key: String, value: JSON)] = [
      ("url", .string(model.client.endpoint.url.text)),
      ("model", .string(model.client.endpoint.model)),
      ("version", model.probed.version.map { .string($0) } ?? .null),
      (
        "findings",
        .array(
          model.probed.findings.map {
            .object([
              ("name", .string($0.name)), ("result", .string($0.result.rawValue)),
              ("detail", .string($0.detail)),
            ])
          })
      ),
    ]
    if let comparison {
      members.append(
        (
          "against",
          .object([
            ("model", .string(against ?? "")),
            ("largest", comparison.largest.map { .number($0) } ?? .null),
            (
              "texts",
              .array(
                comparison.differences.map {
                  .object([
                    ("text", .string($0.text)), ("here", .number($0.here)),
                    ("there", $0.there.map { .number($0) } ?? .null),
                  ])
                })
            ),
          ])
        ))
    }
    return .object(members)
  }
}
