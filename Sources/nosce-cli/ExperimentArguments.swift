import ArgumentParser
import Foundation
import NosceCatalog
import NosceLab

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

  func validate() throws {
    for setting in settings where !setting.contains("=") {
      throw ValidationError("--set \(setting): write NAME=VALUE or NAME=VALUE,VALUE.")
    }
    if let seeds, seeds < 1 { throw ValidationError("--seeds must be at least 1.") }
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
    return (try loaded.experiment.applying(seeds: seeds, settings: values), loaded.text)
  }

  /// Whether anything is asked for that a plan once made cannot take in.
  var changesPlan: Bool { seeds != nil || !settings.isEmpty || exploratory || curves }

  var options: Plan.Options { Plan.Options(exploratory: exploratory, curves: curves) }

  /// The command that repeats this run, for the report.
  var command: String {
    var words = ["nosce run \(experiment ?? "")"]
    if subject != "organism" { words.append("--subject \(subject)") }
    if let seeds { words.append("--seeds \(seeds)") }
    words += settings.map { "--set \($0)" }
    if exploratory { words.append("--exploratory") }
    if curves { words.append("--curves") }
    return words.joined(separator: " ")
  }
}
