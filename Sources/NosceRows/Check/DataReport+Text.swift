import Foundation

extension DataReport {
  /// The report in words, for a terminal: a line for each finding, and of many only the first.
  package func text(findingLimit: Int = 12, lineLimit: Int = 12) -> String {
    let kinds = forms.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    var lines = [
      "\(file): \(Self.count(rows, "row"))\(kinds.isEmpty ? "" : " (\(kinds.joined(separator: ", ")))")"
    ]
    if let characters { lines.append("  characters  \(Self.text(characters))") }
    if let tokens {
      let limit = maximumTokens.map { ", at most \($0) fit" } ?? ""
      lines.append("  tokens      \(Self.text(tokens))\(limit)")
    }
    if !words.isEmpty { lines.append("  looked for  \(words.joined(separator: ", "))") }
    lines += notes.map { "  \($0)" }
    for kind in Finding.Kind.allCases {
      let found = findings(of: kind)
      if found.isEmpty { continue }
      lines.append("  \(kind.rawValue)")
      lines += found.prefix(findingLimit).map { "    " + $0.text(file: file, lineLimit: lineLimit) }
      if found.count > findingLimit {
        lines.append("    and \(found.count - findingLimit) more of this kind")
      }
    }
    lines.append(isFine ? "Nothing is wrong." : "\(Self.count(findings.count, "finding")).")
    return lines.joined(separator: "\n")
  }

  private static func text(_ lengths: Lengths) -> String {
    "\(lengths.minimum) to \(lengths.maximum) (line \(lengths.longestLine)), median "
      + "\(lengths.median), mean \(String(format: "%.1f", lengths.mean))"
  }

  private static func count(_ number: Int, _ word: String) -> String {
    "\(number) \(word)\(number == 1 ? "" : "s")"
  }
}

extension DataReport.Finding {
  fileprivate func text(file: String, lineLimit: Int) -> String {
    if lines.isEmpty { return "\(file): \(message)" }
    if lines.count == 1 { return "\(file), line \(lines[0]): \(message)" }
    let some = lines.prefix(lineLimit).map(String.init).joined(separator: ", ")
    let more = lines.count > lineLimit ? " and \(lines.count - lineLimit) more" : ""
    return "\(file), lines \(some)\(more): \(message)"
  }
}
