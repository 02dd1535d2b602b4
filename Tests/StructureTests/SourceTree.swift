import Foundation

/// The Swift files of the package, by module and folder, with the types that each declares and names.
struct SourceTree {
  struct File {
    var module: String
    /// The folder inside the module; `.` for the module's own.
    var folder: String
    var path: String
    var lines: Int
    /// Types at the top level that other files can see.
    var declared: Set<String>
    /// Types inside others.
    var nested: Set<String>
    /// Every name that begins with a capital and does not follow a point.
    var named: Set<String>
  }

  let root: URL
  let files: [File]

  /// The package of this file.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  init(root: URL = SourceTree.root) throws {
    self.root = root
    var files: [File] = []
    for (module, folder) in [("NosceCatalog", "Experiments")] + (try Self.modules(root)) {
      let place = root.appending(path: folder)
      for name in try FileManager.default.subpathsOfDirectory(atPath: place.path).sorted()
      where name.hasSuffix(".swift") {
        let text = try String(contentsOf: place.appending(path: name), encoding: .utf8)
        files.append(
          Self.file(text, module: module, path: "\(folder)/\(name)", inside: name))
      }
    }
    self.files = files
  }

  private static func modules(_ root: URL) throws -> [(String, String)] {
    try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Sources").path)
      .filter { $0 != "ORDER" && !$0.hasPrefix(".") }.map { ($0, "Sources/\($0)") }
  }

  static func file(_ text: String, module: String, path: String, inside name: String) -> File {
    let parts = name.split(separator: "/")
    let code = CodeOnly.of(text)
    var file = File(
      module: module, folder: parts.count > 1 ? String(parts[0]) : ".", path: path,
      lines: text.split(separator: "\n", omittingEmptySubsequences: false).count, declared: [],
      nested: [], named: [])
    for line in code.split(separator: "\n") {
      guard let (name, isTopLevel, isHidden) = declaration(line) else { continue }
      if !isTopLevel { file.nested.insert(name) } else if !isHidden { file.declared.insert(name) }
    }
    file.named = names(in: code)
    return file
  }

  private static let kinds: Set<String> = [
    "struct", "enum", "class", "actor", "protocol", "typealias",
  ]

  /// The type that a line declares.
  private static func declaration(
    _ line: Substring
  ) -> (name: String, isTopLevel: Bool, isHidden: Bool)? {
    let words = line.split { $0 == " " || $0 == ":" || $0 == "<" || $0 == "{" || $0 == "=" }
    let modifiers = words.prefix { !kinds.contains(String($0)) }
    let isPlain = modifiers.allSatisfy { word in
      ["package", "public", "private", "fileprivate", "final", "indirect", "static"]
        .contains(String(word)) || word.hasPrefix("@")
    }
    guard isPlain, words.count > modifiers.count + 1 else { return nil }
    let name = String(words[modifiers.count + 1])
    guard name.first?.isUppercase == true else { return nil }
    return (
      name, line.first != " ", modifiers.contains("private") || modifiers.contains("fileprivate")
    )
  }

  private static func names(in code: String) -> Set<String> {
    var names: Set<String> = []
    var word = ""
    var before: Character = " "
    var last: Character = " "
    func isPart(_ character: Character) -> Bool {
      character.isLetter || character.isNumber || character == "_"
    }
    for character in code + " " {
      if isPart(character) {
        if word.isEmpty { before = last }
        word.append(character)
      } else {
        if word.first?.isUppercase == true, before != "." { names.insert(word) }
        word = ""
      }
      last = character
    }
    return names
  }
}

/// Swift code without comments and without what stands inside strings.
enum CodeOnly {
  static func of(_ text: String) -> String {
    var code = ""
    var rest = text[...]
    while let character = rest.first {
      if rest.hasPrefix("//") {
        rest = rest.drop { !$0.isNewline }
      } else if let mark = ["#\"\"\"", "\"\"\"", "#\"", "\""].first(where: rest.hasPrefix) {
        let end = mark.hasPrefix("#") ? String(mark.dropFirst()) + "#" : mark
        rest = rest.dropFirst(mark.count)
        skipString(to: end, isRaw: mark.hasPrefix("#"), &rest)
        code += "\"\""
      } else {
        code.append(character)
        rest = rest.dropFirst()
      }
    }
    return code
  }

  private static func skipString(to end: String, isRaw: Bool, _ rest: inout Substring) {
    var depth = 0
    while !rest.isEmpty {
      if depth == 0, rest.hasPrefix(end) {
        rest = rest.dropFirst(end.count)
        return
      }
      if !isRaw, rest.hasPrefix("\\(") {
        depth += 1
        rest = rest.dropFirst(2)
      } else if depth > 0 {
        // Strings inside an interpolation belong to it.
        if rest.first == "(" { depth += 1 }
        if rest.first == ")" { depth -= 1 }
        if rest.first == "\"" {
          rest = rest.dropFirst()
          skipString(to: "\"", isRaw: false, &rest)
          continue
        }
        rest = rest.dropFirst()
      } else {
        rest = rest.dropFirst(!isRaw && rest.first == "\\" ? 2 : 1)
      }
    }
  }
}
