import Foundation
import NosceFormats

/// The benchmark's results as aligned text.
package enum BenchTable {
  /// What the machine can do, in one line.
  package static func headline(_ limits: MachineLimits) -> String {
    var parts = ["f32 \(number(limits.float32Peak / 1e9)) GFLOP/s"]
    if let bfloat16 = limits.bfloat16Peak {
      parts.insert("bf16 \(number(bfloat16 / 1e9)) GFLOP/s", at: 0)
    }
    let reads = limits.readBandwidth.sorted { $0.key < $1.key }.map {
      "\(number($0.value / 1e9)) GB/s from \($0.key / 1024) MiB"
    }
    return "Limits of \(limits.threads) threads, measured: \(parts.joined(separator: ", ")); "
      + "reads \(reads.joined(separator: ", "))."
  }

  private static let titles = [
    "workload", "size", "type", "tokens/s", "GFLOP/s", "of peak", "of limit", "memory",
  ]

  /// One line for each case; a case that failed says why.
  package static func text(_ rows: [BenchSuite.Row], _ limits: MachineLimits) -> String {
    var table = [titles]
    var failures: [Int: String] = [:]
    for row in rows {
      let names = [row.benchCase.workload.rawValue, row.benchCase.model.name]
      switch row.result {
      case .success(let json): table.append(names + cells(json, row.benchCase, limits))
      case .failure(let error):
        failures[table.count] = error.description
        table.append(names)
      }
    }
    return lines(table, failures).joined(separator: "\n")
  }

  private static func cells(
    _ json: JSON, _ benchCase: BenchCase, _ limits: MachineLimits
  ) -> [String] {
    func value(_ key: String) -> Double? { json.object?[key]?.number }
    let floor = value("gflop").map { benchCase.floor(limits, operations: $0 * 1e9) }
    let share = floor.flatMap { floor in value("seconds").map { floor / $0 } }
    return [
      json.object?["mode"]?.string ?? "-", number(value("tok_s")), number(value("gflop_s")),
      percentage(value("of_bf16_peak")), percentage(share),
      json.object?["rss_mib"]?.integer.map { "\(grouped($0)) MiB" } ?? "-",
    ]
  }

  /// The columns side by side: names to the left, numbers to the right.
  private static func lines(_ table: [[String]], _ failures: [Int: String]) -> [String] {
    let widths = titles.indices.map { column in
      table.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return table.enumerated().map { number, row in
      var cells = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column < 3 ? cell + space : space + cell
      }
      if let failure = failures[number] { cells.append(failure) }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }

  /// Three digits that count, thousands set apart: 12,345; 118; 4.25; 0.0312.
  package static func number(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "-" }
    let size = abs(value)
    if size >= 99.95 { return grouped(Int(value.rounded())) }
    let decimals = size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 4
    return String(format: "%.\(decimals)f", value)
  }

  private static func grouped(_ number: Int) -> String {
    var digits = String(abs(number))
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
  }

  private static func percentage(_ share: Double?) -> String {
    guard let share, share.isFinite else { return "-" }
    return String(format: share < 0.0995 ? "%.1f%%" : "%.0f%%", share * 100)
  }
}
