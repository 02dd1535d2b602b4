import ArgumentParser
import Foundation
import NosceApp
import NosceCatalog
import NosceCore
import NosceExperiment
import NosceLocal
import NoscePorts
import NosceRuns

/// Which experiment, on which model, with which changes: shared by `run` and `show`.
struct ExperimentArguments: ParsableArguments {
  @Argument(
    help: "An experiment of the catalog (see `nosce list`) or a YAML file.",
    completion: Completions.experiments)
  var experiment: String?

  @Option(
    help: ArgumentHelp(ModelLocator.helpWithScripts), completion: Completions.modelsAndScripts)
  var subject = "organism"

  @OptionGroup var template: TemplateArguments

  @Option(
    help: "What the experiment is filled with: a set by name, or a folder (docs/materials.md).",
    completion: Completions.materials)
  var materials: String?

  @Option(
    help: ArgumentHelp(
      "Training settings in place of the experiment's own: steps=60,learning_rate=1e-3.",
      valueName: "settings"))
  var recipe: String?

  @Option(help: "Trained subjects for each arm and task, 1 to 1000.")
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
    help: "Also ask the published questions of a YAML file (docs/probes.md); may be repeated.",
    completion: Completions.yaml)
  var questions: [String] = []

  @Option(help: "At most so many samples of each wording of --questions.")
  var questionSamples: Int?

  @Option(
    help: ArgumentHelp("The model that rates answers: " + ModelLocator.helpWithScripts),
    completion: Completions.modelsAndScripts)
  var judge: String?

  @Option(
    help: ArgumentHelp(
      "The chat template of the judge, in place of its own: plain, or a Jinja file.",
      valueName: "plain|file"), completion: Completions.templates)
  var judgeChatTemplate: String?

  @Flag(help: "Also measure more and less of the training: every combination under `dose`.")
  var dose = false

  @Option(
    help: ArgumentHelp(
      "A file of rows in place of those that the experiment marks as replaceable.",
      valueName: "name=file"), completion: Completions.rows)
  var data: [String] = []

  @Option(
    help: "Where rows are kept that a model writes itself (docs/materials.md).",
    completion: .directory)
  var rows = "rows"

  @OptionGroup var trainer: TrainerArguments

  @Option(help: "What the answers of endpoints may cost together (docs/endpoints.md).")
  var mostCost: Double?

  func validate() throws {
    if let mostCost, !(mostCost >= 0 && mostCost.isFinite) {
      throw ValidationError("--most-cost: found \(mostCost); allowed: 0 or more.")
    }
    for setting in settings where !setting.contains("=") {
      throw ValidationError("--set \(setting): write NAME=VALUE or NAME=VALUE,VALUE.")
    }
    if let seeds, !(1...1000).contains(seeds) {
      throw ValidationError("--seeds: found \(seeds); allowed: 1 to 1000.")
    }
    if let questionSamples, questionSamples < 1 || questions.isEmpty {
      throw ValidationError("--question-samples must be at least 1, and needs --questions.")
    }
  }

  /// What is asked for; the experiment must be named.
  func request() throws -> ExperimentRequest {
    guard let experiment else {
      throw ValidationError("Name an experiment, such as hello, or a YAML file.")
    }
    return try request(of: experiment)
  }

  func request(of experiment: String) throws -> ExperimentRequest {
    var request = ExperimentRequest(
      experiment: experiment, subject: subject, judge: judge, seeds: seeds,
      settings: settings.map(Self.values),
      options: Plan.Options(exploratory: exploratory, curves: curves, dose: dose),
      data: data.map(Self.named), questions: questions, questionSamples: questionSamples,
      materials: materials, recipe: recipe, chatTemplate: template.chatTemplate,
      judgeChatTemplate: judgeChatTemplate, rows: URL(fileURLWithPath: rows))
    request.purse = mostCost.map { Purse(limit: $0) }
    request.trainer = try trainer.choice()
    return request
  }

  /// The variable and the values of `NAME=VALUE,VALUE`.
  private static func values(_ setting: String) -> (name: String, values: [String]) {
    let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let values = parts.dropFirst().first ?? ""
    return (
      String(parts[0]),
      values.split(separator: ",", omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: .whitespaces) }
    )
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
      || !questions.isEmpty || judge != nil || materials != nil || recipe != nil
  }
}
