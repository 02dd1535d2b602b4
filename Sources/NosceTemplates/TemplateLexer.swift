import NosceFormats

/// One token of a template, with the line on which it begins.
struct TemplateToken: Equatable {
  enum Kind: Equatable {
    case text(String)
    case printBegin, printEnd, blockBegin, blockEnd
    case name(String)
    case string(String)
    case integer(Int)
    case float(Double)
    case sign(String)
    case end
  }

  let kind: Kind
  let line: Int
}

/// Cuts a template into tokens, with the blanks around tags treated as chat templates expect it.
///
/// The first newline after a block is dropped, and so are the blanks before a block that stands
/// first on its line; a "-" inside a tag drops all blanks on that side, a "+" keeps them.
struct TemplateLexer {
  private let template: String
  private let source: [Unicode.Scalar]
  private var position = 0
  private var line = 1
  private var tokens: [TemplateToken] = []
  /// Whether what was read last ends with a newline.
  private var isLineStart = true

  static func tokens(of source: String, template: String) throws(TemplateError) -> [TemplateToken] {
    var lexer = TemplateLexer(source, template: template)
    try lexer.run()
    return lexer.tokens
  }

  private init(_ source: String, template: String) {
    self.template = template
    var scalars: [Unicode.Scalar] = []
    for scalar in source.unicodeScalars {
      if scalar == "\n", scalars.last == "\r" { scalars.removeLast() }
      scalars.append(scalar)
    }
    scalars = scalars.map { $0 == "\r" ? "\n" : $0 }
    if scalars.last == "\n" { scalars.removeLast() }
    self.source = scalars
  }

  private func error(_ message: String) -> TemplateError {
    TemplateError(template: template, line: line, message: message)
  }

  private func at(_ index: Int) -> Unicode.Scalar? { index < source.count ? source[index] : nil }

  private func isAt(_ text: String, _ index: Int) -> Bool {
    source[min(index, source.count)...].starts(with: text.unicodeScalars)
  }

  private mutating func advance(_ count: Int) {
    for _ in 0..<count {
      isLineStart = source[position] == "\n"
      if isLineStart { line += 1 }
      position += 1
    }
  }

  private mutating func skipBlanks() {
    while let next = at(position), isBlank(next) { advance(1) }
  }

  private mutating func add(_ kind: TemplateToken.Kind) {
    tokens.append(TemplateToken(kind: kind, line: line))
  }

  private mutating func run() throws(TemplateError) {
    while position < source.count {
      let start = position
      let startsLine = isLineStart
      while position < source.count, !isTag(position) { advance(1) }
      var text = source[start..<position]
      let isAtTag = position < source.count
      let mark = at(position + 2)
      if isAtTag, mark == "-" {
        while let last = text.last, isBlank(last) { text.removeLast() }
      } else if isAtTag, mark != "+", source[position + 1] != "{" {
        dropIndentation(&text, startsLine: startsLine)
      }
      if !text.isEmpty { add(.text(String(scalars: text))) }
      guard isAtTag else { break }
      let sign = source[position + 1]
      advance(mark == "-" || mark == "+" ? 3 : 2)
      switch sign {
      case "#": try comment()
      case "%":
        if let length = rawTagLength() {
          try raw(length)
        } else {
          add(.blockBegin)
          try tag(closing: "%}")
          add(.blockEnd)
        }
      default:
        add(.printBegin)
        try tag(closing: "}}")
        add(.printEnd)
      }
    }
    add(.end)
  }

  private func isTag(_ index: Int) -> Bool {
    guard source[index] == "{", let next = at(index + 1) else { return false }
    return next == "{" || next == "%" || next == "#"
  }

  private func dropIndentation(_ text: inout ArraySlice<Unicode.Scalar>, startsLine: Bool) {
    var end = text.endIndex
    while end > text.startIndex, text[end - 1] != "\n", isBlank(text[end - 1]) { end -= 1 }
    let isWholeLine = end > text.startIndex ? text[end - 1] == "\n" : startsLine
    if isWholeLine { text = text[..<end] }
  }

  /// Takes the end of a tag if it stands here.
  private mutating func take(closing: String, trimsNewline: Bool) -> Bool {
    if isAt("-" + closing, position) {
      advance(3)
      skipBlanks()
      return true
    }
    if trimsNewline, isAt("+" + closing, position) {
      advance(3)
      return true
    }
    guard isAt(closing, position) else { return false }
    advance(2)
    if trimsNewline, at(position) == "\n" { advance(1) }
    return true
  }

  private mutating func comment() throws(TemplateError) {
    let start = line
    while position < source.count {
      if take(closing: "#}", trimsNewline: true) { return }
      advance(1)
    }
    throw TemplateError(template: template, line: start, message: "a comment that does not end")
  }

  /// The length of ` raw %}` here, if it is that.
  private func rawTagLength() -> Int? {
    var index = position
    while let next = at(index), isBlank(next) { index += 1 }
    guard isAt("raw", index) else { return nil }
    index += 3
    while let next = at(index), isBlank(next) { index += 1 }
    if isAt("%}", index) { return index + 2 - position }
    guard isAt("-%}", index) else { return nil }
    index += 3
    while let next = at(index), isBlank(next) { index += 1 }
    return index - position
  }

  private mutating func raw(_ length: Int) throws(TemplateError) {
    advance(length)
    let start = position
    let startLine = line
    while position < source.count {
      if isAt("{%", position) {
        let end = position
        let mark = at(position + 2)
        advance(mark == "-" || mark == "+" ? 3 : 2)
        skipBlanks()
        if isAt("endraw", position) {
          advance(6)
          skipBlanks()
          if take(closing: "%}", trimsNewline: true) {
            var text = source[start..<end]
            if mark == "-" {
              while let last = text.last, isBlank(last) { text.removeLast() }
            } else if mark != "+" {
              dropIndentation(&text, startsLine: false)
            }
            tokens.append(TemplateToken(kind: .text(String(scalars: text)), line: startLine))
            return
          }
        }
        continue
      }
      advance(1)
    }
    throw TemplateError(template: template, line: startLine, message: "raw without endraw")
  }

  /// The inside of a tag, and its end.
  private mutating func tag(closing: String) throws(TemplateError) {
    let start = line
    var brackets: [Unicode.Scalar] = []
    while true {
      skipBlanks()
      if brackets.isEmpty, take(closing: closing, trimsNewline: closing == "%}") { return }
      guard let next = at(position) else {
        throw TemplateError(
          template: template, line: start, message: "a tag that does not end with \(closing)")
      }
      if isNameStart(next) {
        var end = position
        while let part = at(end), isNameStart(part) || isDigit(part) { end += 1 }
        add(.name(String(scalars: source[position..<end])))
        advance(end - position)
      } else if isDigit(next) {
        try number()
      } else if next == "\"" || next == "'" {
        try string(next)
      } else {
        try sign(&brackets)
      }
    }
  }

  private mutating func sign(_ brackets: inout [Unicode.Scalar]) throws(TemplateError) {
    for sign in ["//", "**", "==", "!=", "<=", ">="] where isAt(sign, position) {
      add(.sign(sign))
      advance(2)
      return
    }
    let next = source[position]
    switch next {
    case "(", "[", "{": brackets.append(next)
    case ")", "]", "}":
      let opening: Unicode.Scalar = next == ")" ? "(" : next == "]" ? "[" : "{"
      guard brackets.popLast() == opening else { throw error("an unexpected '\(next)'") }
    case "+", "-", "*", "/", "%", "~", "<", ">", "=", ".", ":", "|", ",": break
    default: throw error("an unexpected character '\(next)'")
    }
    add(.sign(String(next)))
    advance(1)
  }

  private mutating func number() throws(TemplateError) {
    var end = position
    func digits() {
      while let next = at(end), isDigit(next) || (next == "_" && at(end + 1).map(isDigit) == true) {
        end += 1
      }
    }
    var text: String { String(scalars: source[position..<end].filter { $0 != "_" }) }
    if source[position] == "0", let radix = Self.radices[at(position + 1) ?? " "] {
      end += 2
      while let next = at(end), Character(next).isHexDigit { end += 1 }
      guard let value = Int(text.dropFirst(2), radix: radix) else { throw error("a bad number") }
      add(.integer(value))
      advance(end - position)
      return
    }
    digits()
    var isFloat = false
    let isAfterDot = position > 0 && source[position - 1] == "."
    if !isAfterDot, at(end) == ".", at(end + 1).map(isDigit) == true {
      isFloat = true
      end += 1
      digits()
    }
    if !isAfterDot, at(end) == "e" || at(end) == "E" {
      let signed = at(end + 1) == "+" || at(end + 1) == "-" ? 2 : 1
      if at(end + signed).map(isDigit) == true {
        isFloat = true
        end += signed
        digits()
      }
    }
    if isFloat, let value = Double(text) {
      add(.float(value))
    } else if !isFloat, let value = Int(text) {
      add(.integer(value))
    } else {
      throw error("the number \(text.prefix(40)) is too large")
    }
    advance(end - position)
  }

  private static let radices: [Unicode.Scalar: Int] = [
    "x": 16, "X": 16, "o": 8, "O": 8, "b": 2, "B": 2,
  ]

  private mutating func string(_ quote: Unicode.Scalar) throws(TemplateError) {
    let start = line
    var text: [Unicode.Scalar] = []
    advance(1)
    while let next = at(position) {
      advance(1)
      if next == quote {
        tokens.append(TemplateToken(kind: .string(String(scalars: text)), line: start))
        return
      }
      if next == "\\" {
        try escape(into: &text)
      } else {
        text.append(next)
      }
    }
    throw TemplateError(template: template, line: start, message: "a string that does not end")
  }

  private mutating func escape(into text: inout [Unicode.Scalar]) throws(TemplateError) {
    guard let next = at(position) else { return }
    advance(1)
    switch next {
    case "n": text.append("\n")
    case "t": text.append("\t")
    case "r": text.append("\r")
    case "a": text.append("\u{7}")
    case "b": text.append("\u{8}")
    case "f": text.append("\u{C}")
    case "v": text.append("\u{B}")
    case "\\", "'", "\"": text.append(next)
    case "\n": break
    case "x": text.append(try scalar(digits: 2))
    case "u": text.append(try scalar(digits: 4))
    case "U": text.append(try scalar(digits: 8))
    case "0"..."7":
      var value = next.value - 48
      for _ in 0..<2 {
        guard let digit = at(position), ("0"..."7").contains(digit) else { break }
        value = value * 8 + digit.value - 48
        advance(1)
      }
      text.append(Unicode.Scalar(value) ?? "\u{FFFD}")
    default: text += ["\\", next]
    }
  }

  private mutating func scalar(digits: Int) throws(TemplateError) -> Unicode.Scalar {
    let end = position + digits
    guard end <= source.count,
      let value = UInt32(String(scalars: source[position..<end]), radix: 16),
      let scalar = Unicode.Scalar(value)
    else { throw error("a bad escape in a string") }
    advance(digits)
    return scalar
  }
}

private func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
  scalar == "_" || (scalar.isASCII ? Character(scalar).isLetter : scalar.properties.isIDContinue)
}

private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

/// What Python takes for white space.
package func isBlank(_ scalar: Unicode.Scalar) -> Bool {
  scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
}
