import NosceCore
import NosceFanOut
import NosceText

/// What the commands of a fan-out say.
package enum FanOutText {
  /// The most lines that are listed one by one, and the most characters of a reason.
  private static let mostListed = 20
  private static let longestReason = 600

  /// How the lines stand: counts, and why those are not done that are not.
  ///
  /// - Parameters:
  ///   - queued: the queue's states of lines.
  ///   - ended: how the queue says that lines ended.
  package static func standing(
    _ lines: [LineStanding], queued: [Int: String] = [:], ended: [Int: String] = [:]
  ) -> String {
    var counts: [(String, Int)] = LineStanding.State.allCases.compactMap { state in
      let count = lines.count { $0.state == state }
      return count > 0 ? (state.rawValue, count) : nil
    }
    for (state, states) in Dictionary(grouping: queued.values, by: \.self)
      .sorted(by: { $0.key < $1.key })
    {
      counts.append(("\(state.lowercased()) in the queue", states.count))
    }
    let head =
      "\(Counted.text(lines.count, "line")): "
      + counts.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
    let told = lines.map { line in
      guard line.state != .done, queued[line.line.line] == nil, let end = ended[line.line.line],
        end != "COMPLETED"
      else { return line }
      var line = line
      line.state = .failed
      line.reason = "\(end) in the queue" + (line.reason.isEmpty ? "" : "; \(line.reason)")
      return line
    }
    return ([head] + listed(told.filter { $0.state != .done && $0.state != .notBegun }))
      .joined(separator: "\n")
  }

  /// What was collected, and what is missing and why.
  package static func collected(_ result: Collector.Result) -> String {
    let total = result.merged.count + result.earlier.count + result.missing.count
    let earlier = result.earlier.isEmpty ? "" : ", \(result.earlier.count) before"
    var text = ["\(result.merged.count) of \(Counted.text(total, "line")) merged now\(earlier)"]
    if !result.missing.isEmpty {
      text.append("missing: \(Counted.text(result.missing.count, "line"))")
      text += listed(result.missing)
    }
    return (text + result.notes).joined(separator: "\n")
  }

  private static func listed(_ lines: [LineStanding]) -> [String] {
    var text = lines.prefix(mostListed).map { line in
      let reason =
        line.reason.isEmpty
        ? line.state.rawValue : "\(line.state.rawValue): \(shown(line.reason))"
      return "  line \(line.line.line), \(line.line.cell): \(reason)"
    }
    if lines.count > mostListed { text.append("  and \(lines.count - mostListed) more") }
    return text
  }

  /// What a folder or a log says, without what a terminal would take for an order.
  private static func shown(_ reason: String) -> String {
    let plain = reason.unicodeScalars.map { scalar in
      scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? " " : Character(scalar)
    }
    return String(plain.prefix(longestReason)) + (plain.count > longestReason ? "…" : "")
  }
}
