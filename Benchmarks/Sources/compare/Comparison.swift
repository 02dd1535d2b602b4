/// Nosce beside its peers, from measurements of one sitting.
struct Comparison {
  /// One program in one mode, over all rounds.
  struct Standing: Equatable {
    var contestant: String
    /// The median over the rounds.
    var tokensPerSecond: Double
    var peakMemory: Double
    /// How far the slowest and the fastest repetition lie apart, as a share of the median.
    var spread: Double?
    var isDisturbed: Bool
  }

  struct Row {
    var one: Case
    var nosce: Standing?
    var bestPeer: Standing?
    var peakShare: Double?
    var isFloat32Only: Bool
  }

  let rows: [Row]
  /// Results that differ by more than their arithmetic allows.
  let disagreements: [String]
  private let standings: [(one: Case, standings: [Standing])]
  private let agreements: [String]

  init(_ measurements: [Measurement]) {
    let byCase = Dictionary(grouping: measurements) { Case(workload: $0.workload, size: $0.model) }
    let cases = Case.all(workloads: Case.workloads, sizes: Case.sizes).filter {
      byCase[$0] != nil
    }
    standings = cases.map { one in (one, Self.standings(byCase[one] ?? [])) }
    rows = standings.map { one, standings in
      let nosce = standings.first { $0.contestant.hasPrefix("nosce") }
      let shares = (byCase[one] ?? []).filter { $0.contestant == nosce?.contestant }
      return Row(
        one: one, nosce: nosce,
        bestPeer: standings.first { !$0.contestant.hasPrefix("nosce") },
        peakShare: shares.compactMap(\.share).max(),
        isFloat32Only: shares.contains(where: \.isFloat32Only))
    }
    let checks = cases.flatMap { Agreement.all(in: byCase[$0] ?? []) }
    agreements = checks.filter(\.holds).map(\.description)
    disagreements = checks.filter { !$0.holds }.map(\.description)
  }

  /// The fastest first. Of a contestant's rounds only the undisturbed ones count, where there are any.
  private static func standings(_ measurements: [Measurement]) -> [Standing] {
    Dictionary(grouping: measurements, by: \.contestant).map { contestant, all in
      let quiet = all.filter { !$0.isDisturbed }
      let measurements = quiet.isEmpty ? all : quiet
      let rates = measurements.map(\.tokensPerSecond).sorted()
      return Standing(
        contestant: contestant,
        tokensPerSecond: (rates[(rates.count - 1) / 2] + rates[rates.count / 2]) / 2,
        peakMemory: measurements.map(\.peakMemory).max() ?? 0,
        spread: spread(measurements),
        isDisturbed: quiet.isEmpty)
    }.sorted { ($0.tokensPerSecond, $1.contestant) > ($1.tokensPerSecond, $0.contestant) }
  }

  private static func spread(_ measurements: [Measurement]) -> Double? {
    let medians = measurements.compactMap(\.seconds).sorted()
    guard let fastest = measurements.compactMap(\.fastest).min(),
      let slowest = measurements.compactMap(\.slowest).max(), !medians.isEmpty
    else { return nil }
    return (slowest - fastest) / medians[medians.count / 2]
  }

  /// The table of ratios, everything measured, and what agrees and what does not.
  var text: String {
    var lines = Text.columns([Self.titles] + rows.map(Self.cells), right: 2)
    lines += [
      "",
      "All measurements (~ here and above: only while other programs took over 5% of the cores):",
    ]
    lines += Text.columns(
      standings.flatMap { one, standings in
        standings.map { standing in
          [
            one.workload, one.size, standing.contestant,
            (standing.isDisturbed ? "~" : "") + Text.number(standing.tokensPerSecond),
            standing.spread.map { "+-\(Text.percentage($0 / 2))" } ?? "",
            Text.number(standing.peakMemory) + " MiB",
          ]
        }
      }, right: 3)
    if !agreements.isEmpty { lines += ["", "Equal results:"] + agreements.map { "  " + $0 } }
    if !disagreements.isEmpty {
      lines += ["", "DIFFERENT RESULTS:"] + disagreements.map { "  " + $0 }
    }
    return lines.joined(separator: "\n")
  }

  private static let titles = [
    "workload", "size", "tokens/s", "of peak", "best peer", "its tokens/s", "ratio", "target", "",
    "memory", "its memory", "ratio", "target", "",
  ]

  private static func cells(_ row: Row) -> [String] {
    guard let nosce = row.nosce else { return [row.one.workload, row.one.size, "not measured"] }
    let start = [
      row.one.workload, row.one.size, Text.number(nosce.tokensPerSecond),
      row.peakShare.map(Text.percentage) ?? "-",
    ]
    guard let peer = row.bestPeer else { return start + ["no peer"] }
    let speed = nosce.tokensPerSecond / peer.tokensPerSecond
    let memory = nosce.peakMemory / peer.peakMemory
    let target = Targets.speed(row.one, float32Only: row.isFloat32Only)
    let most = Targets.memory(row.one)
    return start + [
      peer.contestant, Text.number(peer.tokensPerSecond),
      (nosce.isDisturbed || peer.isDisturbed ? "~" : "") + Text.number(speed) + "x",
      target.map { Text.number($0) + "x" } ?? "-",
      target.map { speed >= $0 ? "met" : "missed" } ?? "",
      Text.number(nosce.peakMemory), Text.number(peer.peakMemory), Text.percentage(memory),
      Text.percentage(most), memory <= most ? "met" : "missed",
    ]
  }
}
