import Foundation
import NosceCore

/// A program that trains in place of the model's own trainer, as a list of words: no shell reads them.
///
/// It is started with the folder of a job behind its words.
package struct TrainingProgram: Sendable, Equatable {
  /// What plans and reports call it: `trl`, or `command:` and the program's name.
  package let name: String
  /// The program, looked for in `PATH` unless it has a slash, and what stands before the folder.
  package let words: [String]
  /// Whether it reads the base model itself, from a folder as Hugging Face lays it out, with the
  /// libraries that go with it.
  package let readsFolder: Bool

  package static let trl = "trl"
  package static let commandPrefix = "command:"
  /// The environment variable that names the Python which has TRL.
  package static let pythonVariable = "NOSCE_PYTHON"

  /// What a name of the command line stands for.
  ///
  /// - Parameters:
  ///   - name: `trl`, or `command:PROGRAM`.
  ///   - arguments: what PROGRAM is given before the folder, a word each.
  /// - Throws: ``LabError`` for another name, and where `trl` is given arguments.
  package init(
    named name: String, arguments: [String] = [],
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    if name == Self.trl {
      guard arguments.isEmpty else {
        throw LabError(
          .invalidExperiment,
          "\(name): found the argument '\(arguments[0])'; allowed: none, every setting is the job's"
        )
      }
      let named = environment[Self.pythonVariable].flatMap { $0.isEmpty ? nil : $0 }
      try self.init(python: named ?? "python3")
      return
    }
    let program = name.dropFirst(Self.commandPrefix.count)
    guard name.hasPrefix(Self.commandPrefix), !program.isEmpty else {
      throw LabError(
        .invalidExperiment,
        "the trainer: found '\(name)'; allowed: \(Self.trl), \(Self.commandPrefix)PROGRAM")
    }
    self.init(command: [String(program)] + arguments)
  }

  /// TRL by the driver that ships with Nosce, in a Python that has it.
  package init(python: String) throws {
    let driver = try Resources.locate("nosce_NosceTrainers.resources")
      .appending(path: "nosce_trl.py")
    self.init(name: Self.trl, words: [python, driver.path], readsFolder: true)
  }

  /// A program of the user's own.
  package init(command words: [String]) {
    precondition(!words.isEmpty, "the program comes first")
    self.init(
      name: Self.commandPrefix + URL(fileURLWithPath: words[0]).lastPathComponent, words: words,
      readsFolder: false)
  }

  init(name: String, words: [String], readsFolder: Bool) {
    self.name = name
    self.words = words
    self.readsFolder = readsFolder
  }

  /// The program's file.
  ///
  /// - Throws: ``LabError`` where there is none that can be executed.
  func file() throws(LabError) -> URL {
    let files = FileManager.default
    let program = words[0]
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let places =
      program.contains("/")
      ? [program] : path.split(separator: ":").map { "\($0)/\(program)" }
    for place in places where files.isExecutableFile(atPath: place) {
      var isFolder: ObjCBool = false
      if files.fileExists(atPath: place, isDirectory: &isFolder), !isFolder.boolValue {
        return URL(fileURLWithPath: place)
      }
    }
    let variable = readsFolder ? ", as \(Self.pythonVariable) may name one" : ""
    throw LabError(
      .backend,
      "\(program): found no such program; allowed: a file that can be executed, by its path or in "
        + "PATH\(variable)")
  }

  /// What it finds in its environment: our own, and that nothing is fetched from any network.
  var environment: [String: String] {
    var environment = ProcessInfo.processInfo.environment
    environment["HF_HUB_OFFLINE"] = "1"
    environment["TRANSFORMERS_OFFLINE"] = "1"
    // Lines come as they are printed, and nothing is written beside scripts.
    environment["PYTHONUNBUFFERED"] = "1"
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    return environment
  }
}
