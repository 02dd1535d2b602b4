import Foundation

/// A page whose commands and files are tried: what stands in its fenced blocks.
///
/// A block `console` has commands behind `$ `, each with what it prints; a block with a file's name
/// behind its language quotes that file. A line of `…` alone stands for lines that are left out.
struct PrintedPage {
  struct Command {
    var line: String
    /// What is quoted of its output, in pieces between which something is left out.
    var printed: [String]
  }

  struct Quotation {
    var file: String
    var pieces: [String]
  }

  struct Part {
    var title: String
    var commands: [Command]
  }

  /// Its headings of the second level, each with the commands below it.
  private(set) var parts: [Part] = []
  private(set) var quotations: [Quotation] = []

  init(_ text: String) {
    var info: Substring?
    var lines: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        if let opened = info {
          take(lines, opened)
          info = nil
        } else {
          info = line.dropFirst(3)
        }
        lines = []
      } else if info != nil {
        lines.append(line)
      } else if line.hasPrefix("## ") {
        parts.append(Part(title: String(line.dropFirst(3)), commands: []))
      }
    }
  }

  private mutating func take(_ lines: [Substring], _ info: Substring) {
    let words = info.split(separator: " ")
    if words.count == 2 {
      quotations.append(Quotation(file: String(words[1]), pieces: Self.pieces(lines)))
    }
    guard words == ["console"], !parts.isEmpty else { return }
    var blocks: [(line: String, output: [Substring])] = []
    for line in lines {
      if line.hasPrefix("$ ") {
        blocks.append((String(line.dropFirst(2)), []))
      } else if !blocks.isEmpty {
        blocks[blocks.count - 1].output.append(line)
      }
    }
    parts[parts.count - 1].commands += blocks.map {
      Command(line: $0.line, printed: Self.pieces($0.output))
    }
  }

  private static func pieces(_ lines: [Substring]) -> [String] {
    lines.split { $0.trimmingCharacters(in: .whitespaces) == "…" }
      .map { $0.joined(separator: "\n") }
      .filter { !$0.allSatisfy(\.isWhitespace) }
  }
}

/// Text as words, of which those that are numbers may be a little off.
struct PrintedWords {
  private enum Word {
    case text(Substring)
    case number(Double)
  }

  private var words: [Word]

  init(_ text: String) {
    words = text.split(whereSeparator: \.isWhitespace).flatMap { word in
      // Signs and brackets stand close to numbers, and times and seals differ from run to run.
      word.matches(of: /[-+]?[0-9]+(\.[0-9]+)?|[^-+0-9]+|[-+]/).map { match in
        Double(match.0).map(Word.number) ?? .text(match.0)
      }
    }
  }

  /// Whether these words contain others, one behind the other.
  ///
  /// Fractions may be off by 0.2: where a processor has no bf16 products the organism computes in
  /// float32, and its seeds come out a little otherwise. Whole numbers with more than four digits
  /// are dates.
  func contains(_ other: PrintedWords) -> Bool {
    guard other.words.count <= words.count else { return false }
    return (0...words.count - other.words.count).contains { start in
      zip(words[start...], other.words).allSatisfy { found, quoted in
        switch (found, quoted) {
        case (.text(let one), .text(let two)): one == two
        case (.number(let one), .number(let two)):
          abs(one - two) <= 0.2 || (abs(one) > 9999 && abs(two) > 9999)
        default: false
        }
      }
    }
  }
}
