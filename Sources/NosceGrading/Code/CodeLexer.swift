/// Tells code, strings and comments apart, well enough for Python and not too badly for others.
struct CodeLexer {
  private static let longestStatement = 60

  private let signs: [Character]
  private var place = 0
  private var line = 1
  private var depth = 0
  private var current: CodeText.Statement
  private var result: [CodeText.Statement] = []

  private init(_ code: String) {
    signs = Array(code)
    current = CodeText.Statement(line: 1)
  }

  static func statements(of code: String) -> [CodeText.Statement] {
    var lexer = CodeLexer(code)
    lexer.run()
    return lexer.result
  }

  private mutating func run() {
    while place < signs.count {
      let sign = signs[place]
      switch sign {
      case "#": skipLine()
      case "/" where beginsComment: skipLine()
      case "\"", "'", "`": readString(sign)
      case _ where sign.isNewline: endLine()
      case ";":
        place += 1
        flush()
      default:
        if sign == "(" || sign == "[" { depth += 1 }
        if sign == ")" || sign == "]" { depth = max(0, depth - 1) }
        append(sign)
        place += 1
      }
    }
    flush()
  }

  private mutating func append(_ sign: Character) {
    current.flat.append(sign)
    current.skeleton.append(sign)
  }

  /// Two slashes begin a comment where a statement may begin; elsewhere Python divides with them.
  private var beginsComment: Bool {
    guard place + 1 < signs.count, signs[place + 1] == "/" else { return false }
    let before = current.flat.last { !$0.isWhitespace || $0.isNewline }
    return before.map { $0.isNewline || "{};".contains($0) } ?? true
  }

  private mutating func skipLine() {
    while place < signs.count, !signs[place].isNewline { place += 1 }
  }

  private mutating func endLine() {
    let last = current.flat.last { !$0.isWhitespace }
    place += 1
    line += 1
    // What opens a block ends here, although the call that the block belongs to may go on.
    let opensBlock = last == "{"
    let goesOn = depth > 0 && line - current.line < Self.longestStatement
    if last == "\\" || (goesOn && !opensBlock) {
      append("\n")
    } else {
      flush()
    }
  }

  private mutating func flush() {
    if current.flat.contains(where: { !$0.isWhitespace }) { result.append(current) }
    current = CodeText.Statement(line: line)
    depth = 0
  }

  private mutating func readString(_ quote: Character) {
    let isTriple = quote != "`" && signs[place...].prefix(3).count { $0 == quote } == 3
    let prefix = takePrefix()
    let isFormatted = prefix.lowercased().contains("f")
    let width = isTriple ? 3 : 1
    let start = place + width
    var end = start
    while end < signs.count {
      if signs[end] == "\\" {
        end += 2
      } else if signs[end] == quote,
        !isTriple || signs[end...].prefix(3).count(where: { $0 == quote }) == 3
      {
        break
      } else if signs[end].isNewline, !isTriple, quote != "`" {
        break
      } else {
        end += 1
      }
    }
    end = min(end, signs.count)
    let text = String(signs[min(start, end)..<end])
    let isClosed = end < signs.count && signs[end] == quote
    let next = isClosed ? end + width : end
    current.flat += String(signs[place..<min(next, signs.count)])
    let names = isFormatted || quote == "`" ? Self.names(in: text, isTemplate: quote == "`") : []
    current.skeleton += names.isEmpty ? "\"\"" : "\"$\""
    current.literals.append(.init(text: text, names: names))
    line += text.count(where: \.isNewline)
    place = next
  }

  /// Takes the letters of a string such as rb"…" out of the skeleton.
  private mutating func takePrefix() -> String {
    let word = current.skeleton.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    guard word.count <= 2, word.allSatisfy({ "rbufRBUF".contains($0) }) else { return "" }
    current.skeleton.removeLast(word.count)
    return String(word)
  }

  /// The names in the braces of an f-string, or of a template's `${…}`.
  private static func names(in text: String, isTemplate: Bool) -> [String] {
    var names: [String] = []
    var rest = text[...]
    while let brace = rest.firstIndex(of: "{") {
      let after = rest.index(after: brace)
      let inside = rest[after...]
      if !isTemplate, inside.first == "{" {
        rest = inside.dropFirst()
        continue
      }
      let isOpened = !isTemplate || rest[..<brace].last == "$"
      let end = inside.firstIndex(of: "}") ?? inside.endIndex
      if isOpened { names += CodeText.names(in: String(inside[..<end])) }
      rest = inside[end...]
    }
    return names
  }
}
