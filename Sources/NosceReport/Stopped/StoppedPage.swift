import NosceCore
import NosceText
import NosceVerdicts

/// A run that came to no run, as one page: what stopped it, and what the untrained model says.
package enum StoppedPage {
  package static func render(_ run: StoppedRun) throws -> String {
    try PlainPage(
      kicker: "Nosce · \(run.experiment) · \(run.subject.name)", heading: run.title,
      version: run.version, body: body(run)
    ).document().source
  }

  private static func body(_ run: StoppedRun) -> Markup {
    let stage: Markup =
      switch run.stage {
      case .ladder: "Nothing was trained: the probe comes before the training."
      case .recipe: "Nothing was asked about itself: the training comes before the question."
      }
    let ladders = (run.ladder ?? []).map { LadderFigure(ladder: $0).markup() }
    let figures: Markup =
      ladders.isEmpty
      ? "" : "<h2>Can the probe read this model?</h2>\(LadderFigure.meaning)\(ladders)"
    let template: Markup =
      run.subject.template.map { ", through the chat template \($0.name)" } ?? ""
    let note: Markup =
      run.subject.note.map { "<p class=\"note\"><strong>Read this first.</strong> \($0)</p>" } ?? ""
    return """
      <p>\(run.question)</p>
      <p>\(VerdictTag.markup(.notTestable)) \(run.reason) \(stage)</p>
      \(note)
      <p>\(run.subject.description)\(template); \(run.precision); \(String(run.started.prefix(10))).</p>
      \(figures)
      <h2>In full</h2>
      <pre>\(run.details)</pre>
      """
  }
}
