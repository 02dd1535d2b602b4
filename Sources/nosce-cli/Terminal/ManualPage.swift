import NosceCore
import NosceFormats

/// The manual page, made of what the parser knows of the commands: what is not there has no option,
/// and what has one is there.
struct ManualPage {
  /// The parser's own description of the commands.
  let commands: JSON
  let version: String

  /// The page in the macros man(7), which every manual reader has.
  func text() -> String {
    var page = Roff()
    let root = Command(commands["command"])
    page.macro("TH", [root.name.uppercased(), "1", "", "\(root.name) \(version)", ""])
    page.macro("SH", ["NAME"])
    page.line(root.name + " \\- " + Roff.escaped(root.lowercaseAbstract))
    page.macro("SH", ["SYNOPSIS"])
    page.line("\\fB\(root.name)\\fR \\fIcommand\\fR [\\fIarguments\\fR] [\\fIoptions\\fR]")
    page.macro("SH", ["DESCRIPTION"])
    page.text(root.discussion)
    page.macro("SH", ["COMMANDS"])
    for command in root.commands { page.add(command, below: root.name) }
    page.macro("SH", ["ENVIRONMENT"])
    for (name, meaning) in Self.environment {
      page.macro("TP")
      page.line("\\fB\(name)\\fR")
      page.text(meaning)
    }
    return page.source
  }

  private static let environment = [
    ("COLUMNS", "How long lines may be; otherwise as long as the terminal is wide, or 80."),
    ("NO_COLOR", "Nothing is coloured where this is set to anything."),
    ("NOSCE_RESOURCES", "Where the experiments, materials and bundled models lie."),
    ("NOSCE_TRACE", "Where this is set, an error is shown with its causes."),
    (
      "HF_HUB_CACHE, HF_HOME",
      "Where the local Hugging Face cache is, in which org/name is looked for."
    ),
  ]
}

extension ManualPage {
  /// A command and what is below it.
  fileprivate struct Command {
    let name: String
    let abstract: String
    let discussion: String
    let arguments: [Argument]
    let commands: [Command]

    init(_ json: JSON?) {
      name = json?["commandName"]?.string ?? ""
      abstract = json?["abstract"]?.string ?? ""
      discussion = json?["discussion"]?.string ?? ""
      arguments = (json?["arguments"]?.array ?? []).filter(\.isShown).map(Argument.init)
      commands = (json?["subcommands"]?.array ?? []).filter(\.isShown).map { Command($0) }
    }

    /// As the line of a manual's name begins.
    var lowercaseAbstract: String {
      let text = abstract.hasSuffix(".") ? String(abstract.dropLast()) : abstract
      return text.prefix(1).lowercased() + text.dropFirst()
    }

    /// What the parser adds to every command.
    var ownArguments: [Argument] {
      arguments.filter { !["version", "help"].contains($0.valueName) }
    }
  }

  fileprivate struct Argument {
    let kind: String
    let names: [String]
    let valueName: String
    let abstract: String
    let standard: String?
    let values: [String]
    let isOptional: Bool
    let isRepeating: Bool

    init(_ json: JSON) {
      kind = json["kind"]?.string ?? ""
      names = (json["names"]?.array ?? []).compactMap { name in
        name["name"]?.string.map { (name["kind"]?.string == "long" ? "--" : "-") + $0 }
      }
      valueName = json["valueName"]?.string ?? ""
      abstract = json["abstract"]?.string ?? ""
      standard = json["defaultValue"]?.string
      values = (json["allValues"]?.array ?? []).compactMap(\.string)
      isOptional = json["isOptional"]?.bool ?? false
      isRepeating = json["isRepeating"]?.bool ?? false
    }

    var isPositional: Bool { kind == "positional" }

    /// As it is written in a synopsis or before its meaning.
    var form: String {
      let value = "\\fI\(Roff.escaped(valueName))\\fR"
      if isPositional { return value }
      let written = names.map { "\\fB\(Roff.escaped($0))\\fR" }.joined(separator: ", ")
      return kind == "option" ? "\(written) \(value)" + (isRepeating ? " ..." : "") : written
    }

    var meaning: String {
      var parts = [abstract]
      if !values.isEmpty { parts.append("One of \(values.joined(separator: ", ")).") }
      if let standard, !standard.isEmpty { parts.append("By default \(standard).") }
      return parts.filter { !$0.isEmpty }.joined(separator: " ")
    }
  }

  /// Source of a manual page. Text can only be put in escaped.
  fileprivate struct Roff {
    private(set) var source = ""

    mutating func macro(_ name: String, _ arguments: [String] = []) {
      let words = arguments.map { " \"\(Self.escaped($0).replacing("\"", with: "\\(dq"))\"" }
      source += ".\(name)\(words.joined())\n"
    }

    /// A line of source, whose text is escaped already.
    mutating func line(_ text: String) { source += text + "\n" }

    /// Paragraphs of prose; lines that begin with a blank stay as they are laid out.
    mutating func text(_ text: String) {
      var isLaidOut = false
      for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        let begins = line.hasPrefix(" ")
        if begins != isLaidOut { macro(begins ? "nf" : "fi") }
        isLaidOut = begins
        for part in begins ? [String(line)] : ColumnText.wrap(String(line), 78) {
          source += Self.escaped(part) + "\n"
        }
      }
      if isLaidOut { macro("fi") }
    }

    /// A command with its options, and those below it.
    mutating func add(_ command: Command, below parents: String) {
      let name = "\(parents) \(command.name)"
      let arguments = command.ownArguments
      let positional = arguments.filter(\.isPositional).map { argument in
        let form = argument.form + (argument.isRepeating ? "..." : "")
        return argument.isOptional ? "[\(form)]" : form
      }
      let options = arguments.contains { !$0.isPositional } ? ["[\\fIoptions\\fR]"] : []
      if command.commands.isEmpty {
        macro("SS", [name])
        line((["\\fB\(Self.escaped(name))\\fR"] + positional + options).joined(separator: " "))
        macro("PP")
        text(command.abstract)
        if !command.discussion.isEmpty {
          macro("PP")
          text(command.discussion)
        }
      }
      for argument in arguments {
        macro("TP")
        line(argument.form)
        text(argument.meaning)
      }
      for inner in command.commands { add(inner, below: name) }
    }

    /// Text that means nothing to the formatter: no escape, no request at the start of a line, and
    /// hyphens that can be copied.
    static func escaped(_ text: String) -> String {
      let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
      return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
    }
  }
}

extension JSON {
  fileprivate subscript(key: String) -> JSON? { object?[key] }
  fileprivate var isShown: Bool { self["shouldDisplay"]?.bool ?? true }
}
