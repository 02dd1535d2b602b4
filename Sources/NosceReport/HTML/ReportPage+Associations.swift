import NosceText
import NosceVerdicts

extension ReportPage {
  /// A chart for each pair of probes that may go together, with a mark for each subject.
  func associationsSection() -> Section? {
    let associations = summary.associations ?? []
    guard !associations.isEmpty else { return nil }
    let figures = associations.map { association -> Markup in
      let entries = association.arms.map { ($0, style(of: $0)) }
      let chart = ScatterChart(association: association, style: style)
      return """
        <figure><figcaption>\(association.name)</figcaption>\(Legend(entries: entries).markup())\
        \(chart.markup())
        <p>Within arms r is \(Number.difference(association.coefficient)), p \
        \(Number.probability(association.p)) (\(association.test)), \
        \(Number.count(association.subjects, "subject")).</p></figure>

        """
    }
    return Section(
      anchor: "associations", title: "What goes together", short: "Together",
      body: """
        <p>A mark is one trained subject. What goes together need not cause one another.</p>
        <div class="charts">\(figures)</div>
        """)
  }
}
