import NosceRuns
import NosceVerdicts

/// A run's result as one self-contained page.
///
/// The page fetches nothing. It reads in light and dark and on paper, and needs its small script
/// only for the transcripts' filter and the copy button.
package enum HTMLReport {
  /// The whole page.
  ///
  /// - Parameter trainingRows: rows to show, as text, by arm.
  package static func render(
    _ summary: RunSummary, transcripts: [Measurement], trainingRows: [String: [String]]
  ) throws -> String {
    let page = ReportPage(
      index: SummaryIndex(summary), transcripts: transcripts, trainingRows: trainingRows)
    return try page.document().source
  }
}

/// What the sections of a page are made from. The sections are in files of their own.
struct ReportPage {
  let index: SummaryIndex
  let transcripts: [Measurement]
  let trainingRows: [String: [String]]

  var summary: RunSummary { index.summary }

  /// A section of the page, left out where there is nothing to show.
  struct Section {
    let anchor: String
    let title: String
    /// What the list of sections calls it.
    let short: String
    let body: Markup
  }

  func document() throws -> Markup {
    let assets = try PageAssets.load()
    let sections = [
      failuresSection(), armsSection(), contrastsSection(), ladderSection(), forecastsSection(),
      tasksSection(),
      gatesSection(),
      associationsSection(), curvesSection(), examplesSection(), transcriptsSection(),
      trainingSection(),
      provenanceSection(),
    ].compactMap { $0 }
    let links = sections.map { section -> Markup in
      "<a href=\"#\(section.anchor)\">\(section.short)</a>"
    }
    let bodies = sections.map { section -> Markup in
      """
      <section id="\(section.anchor)" aria-labelledby="\(section.anchor)-title">
      <h2 id="\(section.anchor)-title">\(section.title)</h2>
      \(section.body)
      </section>

      """
    }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="referrer" content="no-referrer">
      <meta http-equiv="Content-Security-Policy" content="\(Self.contentPolicy)">
      <title>\(summary.experiment.name): \(Wording.label(summary.verdict.kind))</title>
      <style>\(assets.style)</style>
      </head>
      <body>
      \(header())
      <nav aria-label="Sections">\(links)</nav>
      <main>
      \(bodies)
      </main>
      <footer>Written by Nosce \(summary.provenance.version). This page fetches nothing.</footer>
      \(transcriptData())
      <script nonce="\(Self.nonce)">\(assets.script)</script>
      </body>
      </html>

      """
  }

  /// Nothing may be fetched, and only our own script may run.
  private static let contentPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-\(nonce)'; "
    + "base-uri 'none'; form-action 'none'"
  private static let nonce = "nosce-report"

  /// Colour and shape of an arm.
  func style(of arm: String) -> SeriesStyle {
    SeriesStyle(index: index.armNames.firstIndex(of: arm) ?? index.armNames.count)
  }
}
