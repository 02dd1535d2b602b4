import Foundation
import NosceApp
import NosceEngine
import NosceFormats
import NosceLocal
import NoscePorts
import NosceReport
import NosceText

/// An inspected adapter, for people and for programs.
struct AdapterReport {
  var inspection: AdapterInspection
  var name: String
  /// The model that it was tried on.
  var base: String?
  var fit: AdapterInspection.Fit?

  private var configuration: AdapterConfiguration { inspection.configuration }

  private var targets: String {
    switch configuration.targets {
    case .names(let names): names.joined(separator: ", ")
    case .pattern(let pattern): "what \(pattern) matches"
    case .allLinear: "all linear modules"
    }
  }

  var text: String {
    var lines = [name]
    func line(_ label: String, _ text: String) {
      lines.append("  " + label.padding(toLength: 12, withPad: " ", startingAt: 0) + text)
    }
    line(
      "LoRA",
      "rank \(configuration.rank), alpha \(Number.constant(configuration.alpha))"
        + (configuration.rankStabilised ? ", rank-stabilised" : "")
        + ", \(inspection.parameters) parameters")
    line("targets", targets)
    line(
      "modules",
      inspection.modules.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
        + "; layers \(inspection.layers.map(String.init).joined(separator: ", "))")
    line("base", configuration.baseModel ?? "not said")
    if let template = inspection.template { line("template", "trained through \(template.words)") }
    if configuration.dropout > 0 {
      line("dropout", "\(configuration.dropout) in training, none when it is asked")
    }
    if inspection.silentModules > 0 {
      line("silent", "\(Number.count(inspection.silentModules, "module")) with a B of zeros")
    }
    if inspection.brokenModules > 0 {
      line(
        "broken", "\(Number.count(inspection.brokenModules, "module")) with numbers that are none")
    }
    line("unused", inspection.unused.words)
    if let base, let fit {
      switch fit {
      case .fits(let change):
        line("fits", "\(base): yes")
        line(
          "live",
          "\(fit.isLive ? "yes" : "no"), the largest change of any logit is "
            + "\(Number.value(Double(change)))")
      case .refused(let reason): line("fits", "\(base): no, \(reason)")
      }
    }
    return lines.joined(separator: "\n")
  }

  var json: JSON {
    .object([
      ("kind", .string("adapter")),
      ("adapter", .string(name)),
      ("directory", .string(inspection.directory.path)),
      ("configuration", configuration.json),
      ("parameters", .integer(inspection.parameters)),
      (
        "modules",
        .array(
          inspection.modules.map {
            .object([
              ("name", .string($0.name)), ("count", .integer($0.count)),
              ("largest_rank", .integer($0.rank)),
            ])
          })
      ),
      ("layers", .array(inspection.layers.map { .integer($0) })),
      ("silent_modules", .integer(inspection.silentModules)),
      ("broken_modules", .integer(inspection.brokenModules)),
      ("unused", InspectionReport.unused(inspection.unused)),
      ("chat_template", inspection.template?.json ?? .null),
      ("base", base.map { .string($0) } ?? .null),
      ("fit", fitJSON),
    ])
  }

  private var fitJSON: JSON {
    switch fit {
    case nil: .null
    case .fits(let change):
      .object([
        ("fits", .bool(true)), ("is_live", .bool(fit?.isLive ?? false)),
        ("largest_logit_change", .float(change)),
      ])
    case .refused(let reason): .object([("fits", .bool(false)), ("reason", .string(reason))])
    }
  }
}
