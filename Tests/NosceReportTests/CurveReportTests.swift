import Foundation
import NosceCore
import NosceReport
import NosceText
import NosceVerdicts
import Testing

@Suite("Curves, as reports show them")
struct CurveReportTests {
  /// A figure of the page, by its caption.
  private func figure(
    _ caption: String, in summary: RunSummary = SampleRun.summary()
  ) throws
    -> String
  {
    let page = try HTMLReport.render(summary, transcripts: [], trainingRows: [:])
    let start = try #require(
      page.range(of: "<figcaption>\(caption)</figcaption>"), "no figure \(caption)")
    let end = try #require(page.range(of: "</figure>", range: start.upperBound..<page.endIndex))
    return String(page[start.lowerBound..<end.lowerBound])
  }

  /// The elements of a class, with their attributes.
  private func elements(
    _ tag: String, _ name: String, in figure: String
  ) throws -> [[String: String]] {
    let chart = try #require(figure.range(of: "<svg viewBox=\"0 0 520"))
    return figure[chart.lowerBound...].matches(of: try Regex("<\(tag) ([^>]*)>")).compactMap {
      match in
      let attributes = Dictionary(
        String(match.0).matches(of: /([a-z0-9-]+)="([^"]*)"/).map {
          (String($0.1), String($0.2))
        }, uniquingKeysWith: { first, _ in first })
      let classes = attributes["class"]?.split(separator: " ").map(String.init) ?? []
      return classes.contains(name) ? attributes : nil
    }
  }

  private func number(_ attributes: [String: String], _ key: String) throws -> Double {
    try #require(attributes[key].flatMap(Double.init), "\(key) in \(attributes)")
  }

  /// The texts of the chart, with their places.
  private func texts(in figure: String) -> [(text: String, x: Double, y: Double)] {
    figure.matches(of: /<text class="tick" x="([-0-9.]+)" y="([-0-9.]+)"[^>]*>([^<]*)</).map {
      (String($0.3), Double($0.1) ?? .nan, Double($0.2) ?? .nan)
    }
  }

  @Test("Each probe has a chart, and it begins at 0 with a hollow mark for base")
  func start() throws {
    var summary = SampleRun.summary()
    summary.curves[0].halfways = [
      .init(name: "behaviour", step: 14.2, interval: nil, moved: 5, seeds: 5),
      .init(name: "forced-choice", step: 24.1, interval: nil, moved: 5, seeds: 5),
    ]
    let figure = try figure("Along training: behaviour", in: summary)
    let hollow = try elements("circle", "hollow", in: figure)
    #expect(hollow.count == 1)
    let mark = try #require(hollow.first)
    let path = try #require(try elements("path", "curve", in: figure).first?["d"])
    // The line begins where the mark is, and both at the tick 0.
    #expect(path.hasPrefix("M\(mark["cx"] ?? "") \(mark["cy"] ?? "")L"))
    let zero = try #require(texts(in: figure).first { $0.text == "0" && $0.y > 260 })
    #expect(try number(mark, "cx") == zero.x)
    #expect(figure.contains("behaviour from 0.03 (base, untrained) to 0.93"))
    #expect(figure.contains("<td>0</td><td>0.03</td><td>-</td><td>base</td>"))
    #expect(figure.contains("behaviour: after 14.2 steps") && !figure.contains("after 24.1"))
  }

  @Test("Floors lie across at their means, with names that do not cover one another")
  func floors() throws {
    let figure = try figure("Along training: forced-choice")
    let lines = try elements("line", "floor", in: figure)
    #expect(lines.count == 4)
    for line in lines { #expect(line["y1"] == line["y2"]) }
    // 0 and 1 lie 232 apart; means are 0.02, 0.08, 0.04 and 0.05.
    let heights = try lines.map { try number($0, "y1") }
    for (height, mean) in zip(heights, [0.02, 0.08, 0.04, 0.05]) {
      #expect(abs(height - (256 - 232 * mean)) < 0.06)
    }
    let labels = texts(in: figure).filter { $0.x > 380 }
    #expect(
      Set(labels.map(\.text)) == ["base 0.02", "sham 0.08", "sham-across 0.04", "twin 0.05"])
    let places = labels.map(\.y).sorted()
    for (place, next) in zip(places, places.dropFirst()) { #expect(next - place >= 12.9) }
    let words =
      "base 0.02 (n 239/240, untrained), sham 0.08 (n 1195/1200, 5 seeds), sham-across 0.04 "
      + "(n 1195/1200, 5 seeds), twin 0.05 (n 1195/1200, 5 seeds)"
    #expect(figure.contains("<p class=\"small\">Floors: \(words).</p>"))
    #expect(figure.contains("; floors: \(words)</desc>"))
    #expect(
      figure.contains(
        "<th scope=\"row\">sham</th><td>floor</td><td>0.08</td><td>-</td><td>n 1195/1200, 5 seeds</td>"
      ))
  }

  @Test("Categories are evenly spaced marks with their labels, and no line joins them")
  func categories() throws {
    let figure = try figure("By layers of the adapter")
    #expect(try elements("path", "curve", in: figure).isEmpty)
    #expect(try elements("path", "band", in: figure).isEmpty)
    #expect(try elements("circle", "mark", in: figure).count == 7)
    #expect(try elements("path", "mark", in: figure).count == 7)
    #expect(try elements("line", "whisker", in: figure).count == 3 * 14)
    let labels = texts(in: figure).filter { SampleRun.layers.contains($0.text) }
    #expect(labels.map(\.text) == SampleRun.layers)
    let steps = zip(labels, labels.dropFirst()).map { $1.x - $0.x }
    #expect(steps.allSatisfy { abs($0 - steps[0]) < 0.2 })
    // A mark stands beside its label, the second arm's on the other side.
    let marks = try elements("circle", "mark", in: figure).map { try number($0, "cx") }
    for (mark, label) in zip(marks, labels) { #expect(abs(mark - label.x) < steps[0] / 2) }
    #expect(figure.contains("forced-choice, treatment 0-0 0.20, 0-1 0.35"))
    #expect(figure.contains("<td>3-3</td><td>0.40</td>"))
    #expect(!figure.contains("Half of the change"))
  }

  @Test("Labels that do not fit side by side stand in rows, each clear of its neighbours")
  func manyCategories() throws {
    var summary = SampleRun.summary()
    let labels = (10..<22).map { "\($0)-\($0 + 14)" }
    summary.curves = [
      .init(
        title: "By layers", xLabel: "layers", yLabel: "mean score", categories: labels,
        series: [
          .init(
            name: "p", probe: "p", arm: "a",
            points: labels.indices.map { .init(x: Double($0 + 1), y: 0.5) })
        ],
        floors: SampleRun.floors(["forced-choice"]).map { floor in
          var floor = floor
          floor.probe = "p"
          return floor
        })
    ]
    let shown = texts(in: try figure("By layers", in: summary)).filter { labels.contains($0.text) }
    #expect(shown.map(\.text) == labels)
    for row in Dictionary(grouping: shown, by: \.y).values {
      for (place, next) in zip(row, row.dropFirst()) {
        #expect(next.x - place.x > 6.2 * Double(place.text.count))
      }
    }
  }

  @Test("What is left out is said, in the page and in the terminal")
  func leftOut() throws {
    var summary = SampleRun.summary()
    summary.curves[0].series[0].points.removeFirst()
    summary.curves[0].series[0].withoutBase = "base is not asked behaviour"
    summary.curves[0].floors?[1].mean = nil
    summary.curves[0].floors?[1].leftOut = "sham lacks 2 of its 60 main subjects"
    let figure = try figure("Along training: behaviour", in: summary)
    let notes = [
      "behaviour: drawn from the first point and without base at 0, for base is not asked behaviour.",
      "Floors left out on behaviour: sham lacks 2 of its 60 main subjects.",
    ]
    for note in notes { #expect(figure.contains("<p class=\"small\">\(note)</p>")) }
    #expect(try elements("line", "floor", in: figure).count == 3)
    #expect(try elements("circle", "hollow", in: figure).isEmpty)
    let text = TerminalSummary.render(summary, width: 80, style: .plain)
      .replacing(/\n +/, with: " ")
    for note in notes { #expect(text.contains(note)) }
    let usual = TerminalSummary.render(SampleRun.summary(), width: 80, style: .plain)
    #expect(!usual.contains("without base") && !usual.contains("left out"))
  }

  @Test("Lines that begin together have one hollow mark")
  func oneStart() throws {
    var summary = SampleRun.summary()
    var other = summary.curves[0].series[0]
    (other.name, other.arm) = ("behaviour, twin", "twin")
    summary.curves[0].series.append(other)
    let figure = try figure("Along training: behaviour", in: summary)
    #expect(try elements("path", "curve", in: figure).count == 2)
    let hollow = try ["circle", "path"].flatMap { try elements($0, "hollow", in: figure) }
    #expect(hollow.count == 1)
  }

  @Test("Small learning rates are not written as 0")
  func smallNumbers() {
    #expect(Number.constant(2e-5) == "2e-05")
    #expect(Number.constant(3 * 1e-5) == "3e-05")
    #expect(Number.constant(0.00025) == "0.00025")
    #expect(Number.constant(0) == "0" && Number.constant(0.001) == "0.001")
  }

  @Test("Tables have categories as they are written, base, and the floors")
  func tables() throws {
    var summary = SampleRun.summary()
    summary.curves[2].floors?[3].mean = nil
    summary.curves[2].floors?[3].leftOut = "twin is not asked it"
    let tables = Dictionary(
      ResultExport(summary).tables.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    func objects(_ name: String) throws -> [[String: Any]] {
      try #require(tables[name]).jsonl().split(separator: "\n").map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
    }
    let rows = try objects("curves")
    let layers = rows.filter { $0["curve"] as? String == "By layers of the adapter" }
    #expect(layers.prefix(7).map { $0["category"] as? String } == SampleRun.layers)
    #expect(layers.prefix(7).map { $0["x"] as? Double } == [1, 2, 3, 4, 5, 6, 7])
    #expect(layers.allSatisfy { $0["base"] is NSNull && $0["seeds"] as? Int == 3 })
    #expect(Set(layers.compactMap { $0["arm"] as? String }) == ["treatment", "twin"])
    let course = rows.filter { $0["curve"] as? String == "Along training" }
    #expect(course.allSatisfy { $0["category"] is NSNull })
    let starts = course.filter { $0["base"] as? String == "base" }
    #expect(starts.map { $0["x"] as? Double } == [0, 0])
    #expect(starts.map { $0["y"] as? Double } == [0.03, 0.02])
    #expect(starts.allSatisfy { $0["seeds"] is NSNull })
    let floors = try objects("curve_floors")
    #expect(floors.count == 4 * (2 + 3 + 1))
    let last = try #require(floors.last)
    #expect(last["floor"] as? String == "twin" && last["mean"] is NSNull)
    #expect(last["left_out"] as? String == "twin is not asked it")
  }
}
