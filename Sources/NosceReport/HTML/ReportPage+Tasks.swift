import NosceText
import NosceVerdicts

extension ReportPage {
  /// The primary probe by task, and the treatment's every probe by task, the worst marked.
  func tasksSection() -> Section? {
    guard let treatment = index.treatment, index.tasks.count > 1 else { return nil }
    let probe = index.primary?.probe ?? index.probes.last?.name ?? ""
    guard let cell = index.cell(arm: treatment, probe: probe), cell.perTask.count > 1 else {
      return nil
    }
    let means = Dictionary(
      cell.perTask.map { ($0.task, $0.mean ?? -.infinity) }, uniquingKeysWith: { first, _ in first }
    )
    let order = index.tasks.enumerated().sorted { left, right in
      let a = means[left.element] ?? -.infinity
      let b = means[right.element] ?? -.infinity
      return a == b ? left.offset < right.offset : a > b
    }.map(\.element)
    let arms = index.arms(asked: probe).filter { $0.perTask.count > 1 }
    let chart = TaskChart(
      title: "\(probe) by \(index.taskWord)", tasks: order,
      series: arms.map { arm in
        TaskChart.Series(
          name: arm.arm, style: style(of: arm.arm),
          means: Dictionary(
            arm.perTask.compactMap { value in value.mean.map { (value.task, $0) } },
            uniquingKeysWith: { first, _ in first }))
      }, chance: cell.chance)
    let worst: Markup =
      cell.worstTask.map { task -> Markup in
        """
        <p>The worst \(index.taskWord) on \(probe) is <strong>\(task)</strong>, with a mean of \
        \(Number.value(means[task])).</p>
        """
      } ?? Markup()
    return Section(
      anchor: "tasks", title: "By \(index.taskWord)", short: "By \(index.taskWord)",
      body: """
        \(worst)\(Legend(entries: arms.map { ($0.arm, style(of: $0.arm)) }).markup())
        <figure class="wide"><figcaption>\(probe) by \(index.taskWord)</figcaption>\
        \(chart.markup())</figure>
        \(taskTable(treatment: treatment, order: order))
        """)
  }

  private func taskTable(treatment: String, order: [String]) -> Markup {
    let cells = index.probes.compactMap { index.cell(arm: treatment, probe: $0.name) }
      .filter { $0.perTask.count > 1 }
    let heads = cells.map { cell -> Markup in "<th scope=\"col\">\(cell.probe)</th>" }
    let rows = order.map { task -> Markup in
      let values = cells.map { taskCell(task, in: $0) }
      return "<tr><th scope=\"row\">\(task)</th>\(values)</tr>\n"
    }
    let means = cells.map { cell -> Markup in "<td>\(Number.value(cell.mean))</td>" }
    return """
      <div class="scroll"><table class="numbers bars">
      <caption>\(treatment): mean over seeds. The worst of each column is marked \
      <span class="tag bad">worst</span>.</caption>
      <thead><tr><th scope="col">\(index.taskWord)</th>\(heads)</tr></thead>
      <tbody>\(rows)</tbody>
      <tfoot><tr><th scope="row">mean</th>\(means)</tr></tfoot></table></div>
      """
  }

  private func taskCell(_ task: String, in cell: RunSummary.ArmResult) -> Markup {
    let mean = cell.perTask.first { $0.task == task }?.mean
    let tag: Markup =
      cell.worstTask == task ? "<span class=\"tag bad\">worst</span> " : Markup()
    let means = cell.perTask.compactMap(\.mean)
    guard let mean, means.allSatisfy({ (0...1).contains($0) }) else {
      return "<td>\(tag)\(Number.value(mean))</td>"
    }
    return """
      <td style="--share:\(Number.fixed(mean * 100, 1))%">\(tag)\(Number.value(mean))</td>
      """
  }
}
