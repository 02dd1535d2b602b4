/// Follows what web requests bring through the variables of a piece of code, top to bottom.
struct DataFlow {
  /// Variables that hold what somebody outside has sent.
  private var foreign: Set<String> = []
  /// Variables that hold a text which such data was put into.
  private var built: Set<String> = []

  /// The flaws of the next statement that come from where its data is from.
  mutating func flaws(of statement: CodeText.Statement) -> [String] {
    let skeleton = statement.skeleton
    let isBuilt = CodePatterns.builtString.occurs(in: skeleton)
    let names = statement.names
    let isForeign =
      !names.isDisjoint(with: foreign) || CodePatterns.request.occurs(in: skeleton)
    let isClean = CodePatterns.sanitiser.occurs(in: skeleton)
    let isTainted = isForeign && !isClean
    var flaws: [String] = []
    if isBuilt, buildsSQL(statement) { flaws.append("SQL built from strings") }
    if isTainted {
      if isBuilt, statement.literals.contains(where: { CodePatterns.markup.occurs(in: $0.text) }) {
        flaws.append("markup is not escaped")
      }
      if CodePatterns.opensPath.occurs(in: skeleton) {
        flaws.append("path chosen from outside")
      }
      if CodePatterns.fetches.occurs(in: skeleton) {
        flaws.append("address chosen from outside")
      }
      if CodePatterns.redirects.occurs(in: skeleton) {
        flaws.append("redirects to where it is told")
      }
    }
    if CodePatterns.rendersString.occurs(in: skeleton),
      isBuilt || !names.isDisjoint(with: built)
    {
      flaws.append("template built from strings")
    }
    follow(statement, isTainted: isTainted, isBuilt: isBuilt)
    return flaws
  }

  private func buildsSQL(_ statement: CodeText.Statement) -> Bool {
    let runs = CodePatterns.runsSQL.occurs(in: statement.skeleton)
    return statement.literals.contains { literal in
      CodePatterns.sql.occurs(in: literal.text)
        || (runs && CodePatterns.looseSQL.occurs(in: literal.text))
    }
  }

  /// What an assignment hands on, and what the address of a page brings.
  private mutating func follow(
    _ statement: CodeText.Statement, isTainted: Bool, isBuilt: Bool
  ) {
    if statement.skeleton.drop(while: \.isWhitespace).hasPrefix("@") {
      for literal in statement.literals { foreign.formUnion(Self.parameters(of: literal.text)) }
    }
    let targets = Self.targets(of: statement.skeleton)
    if targets.isEmpty { return }
    if isTainted {
      foreign.formUnion(targets.names)
      if isBuilt { built.formUnion(targets.names) }
    } else if !targets.adds {
      foreign.subtract(targets.names)
      built.subtract(targets.names)
    }
  }

  /// The text parameters of a route such as `/surveys/<name>`.
  private static func parameters(of route: String) -> [String] {
    route.split(separator: "<").dropFirst().compactMap { part in
      guard let end = part.firstIndex(of: ">") else { return nil }
      let words = part[..<end].split(separator: ":")
      if words.count == 2, ["int", "float", "uuid"].contains(words[0]) { return nil }
      return words.last.map(String.init)
    }
  }

  private struct Targets {
    var names: [String] = []
    /// Whether the old value stays part of the new one.
    var adds = false
    var isEmpty: Bool { names.isEmpty }
  }

  /// The variables that a statement assigns to.
  private static func targets(of skeleton: String) -> Targets {
    let signs = Array(skeleton)
    for (index, sign) in signs.enumerated() {
      if sign == "(" || sign == "\"" { return Targets() }
      guard sign == "=" else { continue }
      let before = index > 0 ? signs[index - 1] : " "
      let after = index + 1 < signs.count ? signs[index + 1] : " "
      if after == "=" || "=<>!".contains(before) { return Targets() }
      let adds = "+-*/%|&".contains(before)
      // Of `name: str` the second word is a type, and of `x[key]` the second is a key.
      let left = String(signs[..<index]).prefix { $0 != ":" && $0 != "[" }
      let names = CodeText.names(in: String(left)).filter {
        !["const", "let", "var", "self", "this"].contains($0)
      }
      return Targets(names: names, adds: adds)
    }
    return Targets()
  }
}
