import Foundation
import NosceFormats
import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("What shells offer, and the manual page")
  struct CompletionTests {
    /// Completes the line as bash does, with the script that is installed.
    private static let driver = """
      source "$1"
      COMP_LINE=$2; COMP_POINT=${#2}
      read -ra COMP_WORDS <<<"$2"; [[ $2 == *" " ]] && COMP_WORDS+=("")
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      _nosce nosce "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """

    /// What may come behind the line, in the folder.
    private func offered(_ line: String, in folder: URL) async throws -> [String] {
      let script = folder.appending(path: "nosce.bash")
      let generated = try await nosce(["--generate-completion-script", "bash"])
      try #require(generated.ending == .exit(0))
      try Data(generated.output.utf8).write(to: script)
      defer { try? FileManager.default.removeItem(at: script) }
      let place = try Binary.url().deletingLastPathComponent().path
      let outcome = try await RunningCommand(
        ["-c", Self.driver, "bash", script.path, line],
        program: URL(fileURLWithPath: "/bin/bash"), in: folder,
        environment: ["PATH": "\(place):/usr/bin:/bin"]
      ).finish()
      return outcome.output.split(separator: "\n").map(String.init)
    }

    @Test("Experiments, models and materials are those that there are, with files and folders")
    func names() async throws {
      try await withFolder { folder in
        for name in ["mine.yaml", "rows.jsonl", "notes.txt"] {
          try Data().write(to: folder.appending(path: name))
        }
        for name in ["runs/one", "other"] {
          try FileManager.default.createDirectory(
            at: folder.appending(path: name), withIntermediateDirectories: true)
        }
        let all = try await offered("nosce run ", in: folder)
        for name in CatalogTests.experiments + ["mine.yaml", "runs"] {
          #expect(all.contains(name), "\(name)")
        }
        #expect(!all.contains("notes.txt"))
        #expect(
          try await offered("nosce show he", in: folder)
            == ["hello", "hello-word"])
        #expect(try await offered("nosce check m", in: folder) == ["mine.yaml"])
        #expect(
          try await offered("nosce run hello --subject o", in: folder)
            == ["organism", "organism-null", "other"])
        #expect(try await offered("nosce run hello --materials e", in: folder) == ["english"])
        #expect(try await offered("nosce chat organism+o", in: folder) == ["organism+other"])
        #expect(try await offered("nosce report runs/", in: folder) == ["runs/one"])
        #expect(try await offered("nosce data check r", in: folder).contains("rows.jsonl"))
        #expect(try await !offered("nosce data check n", in: folder).contains("notes.txt"))
        #expect(try await offered("nosce bench exp", in: folder) == ["experiment"])
        #expect(try await offered("nosce bench --dtype ", in: folder) == ["bf16", "f32"])
      }
    }

    @Test("Every shell has a script with every command", arguments: ["bash", "zsh", "fish"])
    func scripts(shell: String) async throws {
      let outcome = try await nosce(["--generate-completion-script", shell])
      #expect(outcome.ending == .exit(0))
      for words in try await commands(Commands.shown) {
        for verb in words.split(separator: " ") { #expect(outcome.output.contains(verb)) }
      }
      // Names of experiments are asked for and not written down.
      #expect(!outcome.output.contains("awareness-and-misalignment"))
    }

    @Test("Options that take a file or a folder offer some")
    func files() async throws {
      let files = [
        "--out", "--resume", "--forecasts", "--runs", "--questions", "--data", "--adapter",
        "--chat",
        "--log", "--init", "--gradients", "--file", "--tools", "--model", "--inputs", "--dir",
        "--html", "--base", "--subject", "--judge", "--materials", "--experiment",
      ]
      for argument in try await commands(Commands.arguments) where files.contains(argument.name) {
        #expect(argument.completes, "\(argument.name)")
      }
    }

    @Test("The manual page has every command and every option, and is no list of its own")
    func manual() async throws {
      let outcome = try await nosce(["manual"])
      #expect(outcome.ending == .exit(0))
      let page = outcome.output.replacing("\\-", with: "-")
      #expect(page.hasPrefix(".TH \"NOSCE\" \"1\""))
      let names = try await commands(Commands.shown)
      #expect(names.count > 20)
      for name in names { #expect(page.contains(".SS \"nosce \(name)\"\n"), "\(name)") }
      let options = try await commands(Commands.arguments).map(\.name)
      #expect(options.count > 100)
      for option in options where !["--version", "--help"].contains(option) {
        #expect(page.contains("\\fB\(option)\\fR"), "\(option)")
      }
      // Text that would be a request of the formatter, or an escape of it.
      let requests = ["TH", "SH", "SS", "PP", "TP", "nf", "fi"]
      for line in page.split(separator: "\n") where line.hasPrefix(".") {
        #expect(requests.contains { line.hasPrefix(".\($0)") }, "\(line)")
      }
      #expect(try await !nosce(["--help"]).output.contains("manual"))
    }

    private func commands<Value>(_ read: (JSON) -> [Value]) async throws -> [Value] {
      let outcome = try await nosce(["--experimental-dump-help"])
      return read(try JSON(parsing: Data(outcome.output.utf8)).object?["command"] ?? .null)
    }
  }

  /// What the parser says of the commands.
  private enum Commands {
    struct Argument {
      var name: String
      var completes: Bool
    }

    private static func children(_ command: JSON) -> [JSON] {
      (command.object?["subcommands"]?.array ?? []).filter {
        $0.object?["shouldDisplay"]?.bool ?? true
      }
    }

    /// The commands that do something, by their names one after the other.
    static func shown(_ command: JSON) -> [String] {
      children(command).flatMap { child -> [String] in
        let name = child.object?["commandName"]?.string ?? ""
        if name == "help" { return [] }
        let below = shown(child)
        return below.isEmpty ? [name] : below.map { "\(name) \($0)" }
      }
    }

    static func arguments(_ command: JSON) -> [Argument] {
      let own = (command.object?["arguments"]?.array ?? []).compactMap { argument -> Argument? in
        guard let name = argument.object?["preferredName"]?.object?["name"]?.string, name.count > 1
        else { return nil }
        return Argument(
          name: "--\(name)", completes: argument.object?["completionKind"]?.object != nil)
      }
      return own + children(command).flatMap(arguments)
    }
  }
}
