import ArgumentParser
import Foundation
import NosceCatalog
import NosceLab
import NosceLocal

/// Which experiment, on which model, with which changes: shared by `run` and `show`.
struct ExperimentArguments: ParsableArguments {
  @Argument(help: "An experiment of the catalog (see `nosce list`) or a YAML file.")
  var experiment: String?

  @Option(help: ArgumentHelp(Subjects.help))
  var subject = "organism"

  @Option(help: "Trained subjects for each arm and task.")
  var seeds: Int?

  @Option(
    name: .customLong("set"), help: "Another value of a variable, or several: word=PIANO,RIVER.")
  var settings: [String] = []

  @Flag(help: "Allow fewer than five seeds; no verdict is given.")
  var exploratory = false

  @Flag(help: "Also measure along training, by rows and by layers.")
  var curves = false

  @Option(
    name: .customLong("questions"),
    help: "Also ask the published questions of a YAML file (docs/probes.md); may be repeated.")
  var questions: [String] = []

  @Option(help: "At most so many samples of each wording of --questions.")
  var questionSamples: Int?

  @Option(help: ArgumentHelp("The model that rates answers: " + Subjects.help))
  var judge: String?

  @Flag(help: "Also measure more and less of the training: every combination under `dose`.")
  var dose = false

  @Option(
    help: ArgumentHelp(
      "A file of rows in place of those that the experiment marks as replaceable.",
      valueName: "name=file"))
  var data: [String] = []

  func validate() throws {
    for setting in settings where !setting.contains("=") {
      throw ValidationError("--set \(setting): write NAME=VALUE or NAME=VALUE,VALUE.")
    }
    if let seeds, seeds < 1 { throw ValidationError("--seeds must be at least 1.") }
    if let questionSamples, questionSamples < 1 || questions.isEmpty {
      throw ValidationError("--question-samples must be at least 1, and needs --questions.")
    }
  }

  func load() throws -> (experiment: Experiment, text: String) {
    guard let experiment else {
      throw ValidationError("Name an experiment, such as hello, or a YAML file.")
    }
    let loaded = try ExperimentFile.load(try Catalog.url(of: experiment))
    var values: [String: [String]] = [:]
    for setting in settings {
      let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      values[String(parts[0])] = parts[1].split(separator: ",", omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let probes = try questions.flatMap { try QuestionFile.load(URL(fileURLWithPath: $0)).probes }
    let changed = try loaded.experiment.applying(seeds: seeds, settings: values)
      .replacing(data.map(Self.named), in: URL.currentDirectory())
      .adding(probes, samples: questionSamples)
    return (changed, loaded.text)
  }

  /// The name and the path of `NAME=FILE`; no name where there is nothing before an equals sign
  /// that could be one.
  private static func named(_ data: String) -> (name: String?, path: String) {
    let parts = data.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].contains("/"), !parts[0].isEmpty else { return (nil, data) }
    return (String(parts[0]), String(parts[1]))
  }

  /// Whether anything is asked for that a plan once made cannot take in.
  var changesPlan: Bool {
    seeds != nil || !settings.isEmpty || exploratory || curves || dose || !data.isEmpty
      || !questions.isEmpty || judge != nil
  }

  /// The model behind `--judge`.
  func judgeBackend() throws -> LocalBackend? {
    try judge.map { try Subjects.backend($0, option: "--judge") }
  }

  /// Leaves copies of the question files in a run folder.
  func keepQuestions(in folder: URL) throws {
    for (index, path) in questions.enumerated() {
      let text = try QuestionFile.load(URL(fileURLWithPath: path)).text
      try Storage.write(
        Data(text.utf8), to: folder.appending(path: "questions-\(index + 1).yaml"))
    }
  }

  var options: Plan.Options {
    Plan.Options(exploratory: exploratory, curves: curves, dose: dose)
  }

  /// The command that repeats this run, for the report.
  var command: String {
    var words = ["nosce run \(experiment ?? "")"]
    if subject != "organism" { words.append("--subject \(subject)") }
    if let seeds { words.append("--seeds \(seeds)") }
    words += settings.map { "--set \($0)" }
    if exploratory { words.append("--exploratory") }
    if curves { words.append("--curves") }
    words += questions.map { "--questions \($0)" }
    if let questionSamples { words.append("--question-samples \(questionSamples)") }
    if let judge { words.append("--judge \(judge)") }
    if dose { words.append("--dose") }
    words += data.map { "--data \($0)" }
    return words.joined(separator: " ")
  }
}
