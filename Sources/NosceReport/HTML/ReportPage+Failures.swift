import NosceVerdicts

extension ReportPage {
  /// The subjects that failed, and why.
  func failuresSection() -> Section? {
    guard let failures = summary.failures, !failures.isEmpty else { return nil }
    let rows = failures.map { failure -> Markup in
      "<tr><th scope=\"row\">\(failure.subject)</th><td>\(failure.error)</td></tr>\n"
    }
    return Section(
      anchor: "failed", title: "Subjects that failed", short: "Failed",
      body: """
        <p>The run went on without them. A contrast that rests on one of them is incomplete; \
        <code>nosce run --resume</code> tries them again.</p>
        <table>
        <thead><tr><th scope="col">subject</th><th scope="col">why</th></tr></thead>
        <tbody>
        \(rows)</tbody>
        </table>
        """)
  }
}
