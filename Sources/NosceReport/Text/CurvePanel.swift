import NosceText
import NosceVerdicts

/// The lines of a curve that are of one probe, with the floors on it: what one chart shows.
struct CurvePanel {
  /// A line with its number in the whole curve, which is its colour and its mark.
  struct Line {
    let number: Int
    let series: RunSummary.Curve.Series
  }

  let curve: RunSummary.Curve
  let title: String
  let lines: [Line]
  let floors: [RunSummary.Curve.Floor]

  /// A chart for each probe: floors on one are none on another.
  static func panels(of curve: RunSummary.Curve) -> [CurvePanel] {
    var probes: [String] = []
    for series in curve.series where !probes.contains(series.probe) { probes.append(series.probe) }
    return probes.map { probe in
      CurvePanel(
        curve: curve, title: probes.count > 1 ? "\(curve.title): \(probe)" : curve.title,
        lines: curve.series.enumerated().filter { $1.probe == probe }
          .map { Line(number: $0, series: $1) },
        floors: (curve.floors ?? []).filter { $0.probe == probe })
    }
  }

  /// Those that have a mean.
  var drawnFloors: [RunSummary.Curve.Floor] {
    floors.filter { $0.mean?.isFinite == true }
  }

  var halfways: [RunSummary.Curve.Halfway] {
    (curve.halfways ?? []).filter { halfway in lines.contains { $0.series.name == halfway.name } }
  }

  /// What stands across at a point, as a person reads it.
  func across(_ point: RunSummary.Curve.Point) -> String {
    guard let categories = curve.categories else { return Number.constant(point.x) }
    guard let place = Int(exactly: point.x - 1), categories.indices.contains(place) else {
      return Number.none
    }
    return categories[place]
  }

  // MARK: Words

  /// The floors with their means and what those rest on; nil where there are none.
  var floorWords: String? {
    if drawnFloors.isEmpty { return nil }
    return drawnFloors.map { floor in
      "\(floor.name) \(Number.value(floor.mean)) (\(Self.count(of: floor)))"
    }.joined(separator: ", ")
  }

  /// `n 58/60, 5 seeds`
  static func count(of floor: RunSummary.Curve.Floor) -> String {
    "n \(floor.kept)/\(floor.total), \(Wording.seeds(floor.seeds))"
  }

  /// The name of the untrained arm, where a line begins with it.
  var base: String? { lines.lazy.flatMap(\.series.points).compactMap(\.base).first }

  /// What is not in the chart, and why: lines without base, floors without a mean.
  var notes: [String] {
    let without = lines.filter { $0.series.withoutBase != nil }
    let reasons = without.reduce(into: [String]()) { reasons, line in
      if let reason = line.series.withoutBase, !reasons.contains(reason) { reasons.append(reason) }
    }
    let starts = reasons.map { reason in
      let names = without.filter { $0.series.withoutBase == reason }.map(\.series.name)
      return "\(names.joined(separator: "; ")): drawn from the first point and without base at 0, "
        + "for \(reason)."
    }
    let leftOut = floors.compactMap(\.leftOut)
    let probe = lines.first?.series.probe ?? ""
    return starts
      + (leftOut.isEmpty
        ? [] : ["Floors left out on \(probe): \(leftOut.joined(separator: "; "))."])
  }
}
