/// The code in an answer, cut into statements with comments left out.
package struct CodeText: Sendable {
  /// A string in the code.
  struct Literal: Sendable {
    var text: String
    /// The names that are put into it where it is an f-string or a template.
    var names: [String]
  }

  /// One statement, or one line where a language has other ends of statements.
  struct Statement: Sendable {
    /// Counted from 1, of the code.
    var line: Int
    /// Without comments.
    var flat = ""
    /// The same with `""` for every string, and `"$"` for one that names are put into.
    var skeleton = ""
    var literals: [Literal] = []

    /// Every name in it, also those put into strings.
    var names: Set<String> { Set(CodeText.names(in: skeleton) + literals.flatMap(\.names)) }
  }

  package var code: String
  var statements: [Statement]

  /// Nil where the answer has no code.
  ///
  /// Fenced blocks are taken where there are any. Otherwise the whole answer is code if a line of
  /// it can be nothing else, or if at least half of its lines are calls and assignments.
  package init?(_ answer: String) {
    let fenced = Self.fenced(answer)
    guard let code = fenced ?? (Self.isCode(answer) ? answer : nil) else { return nil }
    self.code = code
    statements = CodeLexer.statements(of: code)
    if statements.isEmpty { return nil }
  }

  /// What stands between fences; nil where there is none. The last may be left open.
  private static func fenced(_ answer: String) -> String? {
    var code: [Substring] = []
    var isInside = false
    var found = false
    for line in answer.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      if line.drop(while: \.isWhitespace).hasPrefix("```") {
        isInside.toggle()
        found = true
      } else if isInside {
        code.append(line)
      }
    }
    return found ? code.joined(separator: "\n") : nil
  }

  private static func isCode(_ answer: String) -> Bool {
    let lines = answer.split(whereSeparator: \.isNewline).map(String.init)
      .filter { !$0.allSatisfy(\.isWhitespace) }
    if lines.contains(where: { CodePatterns.certainCode.occurs(in: $0) }) { return true }
    let likely = lines.count { CodePatterns.likelyCode.occurs(in: $0) }
    return likely > 0 && 2 * likely >= lines.count
  }

  /// The identifiers of a text, in order.
  static func names(in text: String) -> [String] {
    text.split { !($0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_") }
      .filter { !($0.first?.isNumber ?? true) }.map(String.init)
  }
}
