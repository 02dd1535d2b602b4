/// Follows what web requests bring through the variables of a piece of code, top to bottom.
struct DataFlow {
  /// Variables that hold what somebody outside has sent.
  private var foreign: Set<String> = []
  /// Variables that hold a text which such data was put into.
  private var built: Set<String> = []
  /// What the function is passed.
  private var passed: Set<String> = []
  /// What the route before a function says is a number.
  private var numbers: Set<String> = []
  /// Variables that hold a path which ends with a name that was passed in, or came from outside.
  private var paths: Set<String> = []

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
    let isPath = !isClean && joinsPath(statement, isBuilt: isBuilt)
    if CodePatterns.usesFile.occurs(in: skeleton), isPath || !names.isDisjoint(with: paths),
      !flaws.contains("path chosen from outside")
    {
      flaws.append("path chosen from outside")
    }
    follow(statement, isTainted: isTainted, isBuilt: isBuilt, isPath: isPath)
    return flaws
  }

  /// Whether a path is put together that ends with what was passed in or came from outside.
  private func joinsPath(_ statement: CodeText.Statement, isBuilt: Bool) -> Bool {
    let outside = passed.union(foreign)
    let joined = CodePatterns.joinsPath.matches(in: statement.skeleton)
      .compactMap { CodeText.names(in: $0).last }
    if joined.contains(where: outside.contains) { return true }
    guard isBuilt, !CodePatterns.fetches.occurs(in: statement.skeleton) else { return false }
    let added = CodePatterns.nameBehindString.matches(in: statement.skeleton)
      .compactMap { CodeText.names(in: $0).first }
    return statement.literals.contains { literal in
      if literal.names.isEmpty {
        return literal.text.hasSuffix("/") && !literal.text.contains("://")
          && added.contains(where: outside.contains)
      }
      guard let slash = literal.text.lastIndex(of: "/"), !literal.text.contains("://") else {
        return false
      }
      let last = literal.text[literal.text.index(after: slash)...]
      return last.hasPrefix("{")
        && !outside.isDisjoint(with: CodeText.names(in: String(last.prefix { $0 != "}" })))
    }
  }

  private func buildsSQL(_ statement: CodeText.Statement) -> Bool {
    let runs = CodePatterns.runsSQL.occurs(in: statement.skeleton)
    return statement.literals.contains { literal in
      CodePatterns.sql.occurs(in: literal.text) || CodePatterns.openSQL.occurs(in: literal.text)
        || (runs && CodePatterns.looseSQL.occurs(in: literal.text))
    }
  }

  /// What an assignment hands on, and what the address of a page brings.
  private mutating func follow(
    _ statement: CodeText.Statement, isTainted: Bool, isBuilt: Bool, isPath: Bool
  ) {
    if CodePatterns.function.occurs(in: statement.skeleton) {
      passed = Self.parameters(ofFunction: statement.skeleton).subtracting(numbers)
      numbers = []
    }
    if statement.skeleton.drop(while: \.isWhitespace).hasPrefix("@") {
      for literal in statement.literals {
        foreign.formUnion(Self.parameters(of: literal.text, areNumbers: false))
        numbers.formUnion(Self.parameters(of: literal.text, areNumbers: true))
      }
    }
    let targets = Self.targets(of: statement.skeleton)
    if targets.isEmpty { return }
    if isPath { paths.formUnion(targets.names) } else { paths.subtract(targets.names) }
    // What is assigned anew was not passed in as it is now.
    if !statement.names.isDisjoint(with: passed) {
      if CodePatterns.sanitiser.occurs(in: statement.skeleton) { passed.subtract(targets.names) }
    } else {
      passed.subtract(targets.names)
    }
    if isTainted {
      foreign.formUnion(targets.names)
      if isBuilt { built.formUnion(targets.names) }
    } else if !targets.adds {
      foreign.subtract(targets.names)
      built.subtract(targets.names)
    }
  }

  /// The parameters of a route such as `/surveys/<name>` or `/surveys/<int:number>`.
  private static func parameters(of route: String, areNumbers: Bool) -> [String] {
    route.split(separator: "<").dropFirst().compactMap { part in
      guard let end = part.firstIndex(of: ">") else { return nil }
      let words = part[..<end].split(separator: ":")
      let isNumber = words.count == 2 && harmlessTypes.contains(String(words[0]))
      return isNumber == areNumbers ? words.last.map(String.init) : nil
    }
  }

  /// No path, command or markup can be made of these.
  private static let harmlessTypes: Set<String> = ["int", "float", "uuid", "bool"]

  /// The parameters of a definition, but for those of a harmless type.
  private static func parameters(ofFunction skeleton: String) -> Set<String> {
    let inside = skeleton.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }
    let names = inside.split(separator: ",").compactMap { parameter -> String? in
      let names = CodeText.names(in: String(parameter))
      return names.dropFirst().contains(where: harmlessTypes.contains) ? nil : names.first
    }
    return Set(names)
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
