import ArgumentParser
import Foundation
import NosceApp
import NosceCatalog
import NosceCore
import NosceEngine
import NosceExperiment
import NosceFiles
import NosceFormats
import NosceLocal
import NoscePorts
import NosceRows

/// Work on files of training rows.
struct DataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Look at files of training rows.",
    subcommands: [DataCheckCommand.self])
}

/// Finds what would spoil a run before anything is spent.
struct DataCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Find what is wrong with a file of training rows.",
    discussion: """
      Bad lines, conversations without anything to train on, rows that are too long, duplicates, \
      words that must not occur, special tokens of the model among the words, other system lines \
      than the experiment's, and what the chat template cannot show. Exit code 65 if anything is found.
      """)

  @Argument(help: "JSON Lines of training rows.", completion: Completions.rows)
  var file: String

  @Option(
    help: "An experiment: its answers must not occur, and its system line counts.",
    completion: Completions.experiments)
  var experiment: String?

  @Option(
    help: "The experiment's materials: a set by name, or a folder.",
    completion: Completions.materials)
  var materials: String?

  @Option(
    help: ArgumentHelp("The model to be trained: " + ModelLocator.help),
    completion: Completions.models)
  var subject: String?

  @OptionGroup var template: TemplateArguments

  @Option(help: "More words that must not occur: chance,risk.")
  var words: String?

  @Option(
    help: "A new file for the lines in which nothing is found; then the exit code is 0.")
  var keep: String?

  @Flag(help: "Print one JSON document with the lines of every finding.")
  var json = false

  func run() async throws {
    if let keep, FileManager.default.fileExists(atPath: keep) {
      throw LabError(.storage, "--keep: found a file at \(keep); allowed: a path where none is")
    }
    let data = try Storage.read(URL(fileURLWithPath: file))
    let experiment = try self.experiment.map {
      try ExperimentRequest(
        experiment: $0, subject: subject ?? "organism", materials: materials
      ).load().experiment
    }
    let typed = (words ?? "").split(separator: ",")
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    let check = DataCheck(
      words: try typed + (experiment?.wordsThatMustNotLeak() ?? []),
      systemLines: try experiment?.systemLines(),
      subject: try subject.map {
        try Self.measure($0, try template.given())
      })
    let report = check.report(on: data, file: file)
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      try Console.say(String(decoding: try encoder.encode(report), as: UTF8.self))
    } else {
      try Console.say(report.text())
    }
    if let keep { return try write(data, report, to: keep) }
    if !report.isFine { throw ExitCode(Ending.Code.data.rawValue) }
  }

  private func write(_ data: Data, _ report: DataReport, to place: String) throws {
    guard let dropped = report.linesToDrop else {
      throw LabError(
        .invalidExperiment,
        "\(file): found what is about all of it (above); allowed with --keep: about some lines")
    }
    let rows = RowFile.scan(data, file: file, problemLimit: .max).rows
    guard rows.count == report.rows else {
      throw LabError(
        .invalidExperiment,
        "\(file): found so many bad lines that it was not read to its end; allowed with --keep: fewer"
      )
    }
    let good = Set(rows.map(\.line)).subtracting(dropped)
    let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let kept = lines.enumerated().filter { good.contains($0.offset + 1) }
    guard !kept.isEmpty else {
      throw LabError(
        .invalidExperiment,
        "\(file): found no line that would be left; allowed with --keep: at least one")
    }
    let output = Data(kept.map { $0.element + [UInt8(ascii: "\n")] }.joined())
    try Storage.write(output, to: URL(fileURLWithPath: place))
    Console.complain(
      "\(kept.count) of \(Counted.text(report.rows, "row")) are in \(place), as they were.")
  }

  private static func measure(
    _ name: String, _ template: GivenTemplate?
  ) throws -> DataCheck.Model {
    let place = try ModelLocator.place(name)
    let model = try ModelConfiguration(place.files)
    let text = try CheckpointText(place.files, model: model, template: template)
    let encoder = RowEncoder(text: text, model: model, maximumLength: Int.max)
    return DataCheck.Model(
      name: name, maximumTokens: model.maximumPositions,
      tokens: { row in try encoder.example(row).tokens.count },
      controlTokens: { row in text.controlTokens(in: row) })
  }
}
