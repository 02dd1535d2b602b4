import Foundation
import NosceCore
import NosceText
import NosceVerdicts

/// The index over the reports of a suite.
package enum SuitePage {
  package static func render(_ suite: SuiteSummary) throws -> String {
    var body = lead(suite)
    body += overview(suite)
    if !suite.failed.isEmpty { body += failures(suite) }
    body += suite.entries.filter { $0.error == nil }.map(contrasts).joined()
    return try PlainPage(
      kicker: "Nosce index · \(suite.subject.name)",
      heading: "Every experiment on \(suite.subject.title)", version: suite.version, body: body
    ).document().source
  }

  private static func lead(_ suite: SuiteSummary) -> Markup {
    let counts = Verdict.allCases.compactMap { kind -> Markup? in
      let number = suite.entries.count { $0.verdict?.kind == kind }
      return number == 0 ? nil : "\(number) \(VerdictTag.markup(kind)) "
    }
    let note: Markup =
      suite.subject.note.map { "<p class=\"note\"><strong>Read this first.</strong> \($0)</p>" }
      ?? Markup()
    let stopped: Markup =
      suite.notReached.map { names in
        """
        <p class="note"><strong>Stopped.</strong> Not come to: \(names.joined(separator: ", ")). \
        The same command goes on.</p>
        """
      } ?? Markup()
    return """
      <p>\(suite.subject.description). Of \(Number.count(suite.entries.count, "experiment")): \
      \(counts)</p>
      \(stopped)
      \(note)
      """
  }

  private static func overview(_ suite: SuiteSummary) -> Markup {
    var table = PageTable(
      caption: "The primary contrast of each: treatment minus the hardest floor.",
      columns: [
        ("experiment", true), ("question", true), ("verdict", true), ("difference", false),
        (Wording.intervalHeading(suite.entries.map { $0.primary?.interval?.level }), false),
        ("p", false),
        ("p, Holm", false), ("smallest effect", false), ("seeds", false), ("gates failed", false),
        ("time", false),
      ])
    table.rows = suite.entries.map { entry -> [Markup] in
      let primary = entry.primary
      return [
        name(entry), "\(entry.title ?? "")",
        state(entry),
        "\(Number.difference(primary?.estimate))",
        "\(Number.interval(primary?.interval, signed: true))",
        "\(Number.probability(primary?.p))", "\(Number.probability(entry.primaryAdjustedP))",
        "\(primary.map { Number.constant($0.direction.sign * $0.smallestEffect) } ?? Number.none)",
        "\(primary?.seeds ?? 0)", "\(entry.failedGates)",
        "\(entry.seconds.map(Number.duration) ?? Number.none)",
      ]
    }
    return "<h2>Verdicts</h2>\(chance(suite))\(table.markup())"
  }

  /// What to make of many verdicts, each of which is its own experiment's.
  private static func chance(_ suite: SuiteSummary) -> Markup {
    suite.primaries.map { "<p>\(SuiteText.chance($0))</p>" } ?? Markup()
  }

  private static func state(_ entry: SuiteSummary.Entry) -> Markup {
    if entry.error != nil { return "<span class=\"tag bad\">failed</span>" }
    if let unfinished = entry.unfinished {
      return "<span class=\"tag open\">\(Wording.standing(unfinished))</span>"
    }
    return VerdictTag.markup(entry.verdict?.kind ?? .notTestable)
  }

  /// The name, as a link to the report where there is one.
  private static func name(_ entry: SuiteSummary.Entry) -> Markup {
    guard let folder = entry.folder else { return "\(entry.experiment)" }
    let path = folder.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    return "<a href=\"\(path)/report.html\">\(entry.experiment)</a>"
  }

  /// What a relative link may hold: nothing that could make it a link to elsewhere.
  private static let allowed = CharacterSet(
    charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")

  private static func failures(_ suite: SuiteSummary) -> Markup {
    let items = suite.failed.map { entry -> Markup in
      "<li><strong>\(entry.experiment)</strong>: \(entry.error ?? "")</li>"
    }
    return "<h2>Failed</h2><p>These have no result.</p><ul>\(items)</ul>"
  }

  private static func contrasts(of entry: SuiteSummary.Entry) -> Markup {
    if let unfinished = entry.unfinished {
      let way: Markup = unfinished.resume.map { " Go on with <code>\($0)</code>." } ?? Markup()
      return "<h2>\(name(entry))</h2><p>\(entry.verdict?.sentence ?? "")\(way)</p>"
    }
    if entry.contrasts.isEmpty {
      return "<h2>\(name(entry))</h2><p>\(entry.verdict?.sentence ?? "")</p>"
    }
    var table = PageTable(
      caption: "Treatment minus the hardest floor; secondary contrasts are Holm-adjusted.",
      columns: [
        ("contrast", true), ("probe", true), ("verdict", true), ("difference", false),
        (Wording.intervalHeading(entry.contrasts.map(\.interval?.level)), false), ("p", false),
        ("p, Holm", false), ("seeds", false),
      ])
    table.rows = entry.contrasts.map { contrast -> [Markup] in
      [
        contrast.primary
          ? "\(contrast.name) <span class=\"tag\">primary</span>" : "\(contrast.name)",
        "\(contrast.probe)", VerdictTag.markup(contrast.verdict),
        "\(Number.difference(contrast.estimate))",
        "\(Number.interval(contrast.interval, signed: true))",
        "\(Number.probability(contrast.p))", "\(Number.probability(contrast.adjustedP))",
        "\(contrast.seeds)",
      ]
    }
    return """
      <h2>\(name(entry))</h2>
      <p>\(entry.verdict?.sentence ?? "")</p>
      \(table.markup())
      """
  }
}
