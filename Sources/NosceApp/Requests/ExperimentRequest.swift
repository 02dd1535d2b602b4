import Foundation
import NosceCatalog
import NosceCore
import NosceExperiment
import NosceFiles
import NosceLocal
import NoscePorts
import NosceRows
import NosceRuns
import NosceText
import NosceWriting

/// Which experiment is asked for, on which model, with which changes.
package struct ExperimentRequest: Sendable {
  /// A name of the catalog, or the path of a YAML file.
  package var experiment: String
  package var subject: String
  package var judge: String?
  /// Chat templates in place of the models' own: `plain`, or files.
  package var chatTemplate: String?
  package var judgeChatTemplate: String?
  package var seeds: Int?
  /// Training settings in place of the experiment's own, as they were typed.
  package var recipe: String?
  /// Other values of variables, in the order in which they were given.
  package var settings: [(name: String, values: [String])]
  package var options: Plan.Options
  /// Files in place of rows that the experiment marks as replaceable.
  package var data: [(name: String?, path: String)]
  /// Files of published questions.
  package var questions: [String]
  /// At most so many samples of each of their wordings.
  package var questionSamples: Int?
  /// A set of materials by its name, or by its folder; nil for the subject's usual one.
  package var materials: String?
  /// Where rows are kept that models write themselves.
  package var rows: URL

  /// What a search has found for the subject.
  package var calibrated: TrainingRecipe.Calibrated?

  /// What the answers of endpoints may cost together, subject and judge.
  package var purse: Purse?

  /// What fine-tunes in place of the model itself; nil where it does so.
  package var trainer: TrainerChoice?

  package static let usualRows = URL(fileURLWithPath: "rows")

  package init(
    experiment: String, subject: String = "organism", judge: String? = nil, seeds: Int? = nil,
    settings: [(name: String, values: [String])] = [], options: Plan.Options = .init(),
    data: [(name: String?, path: String)] = [], questions: [String] = [],
    questionSamples: Int? = nil, materials: String? = nil,
    recipe: String? = nil, chatTemplate: String? = nil, judgeChatTemplate: String? = nil,
    rows: URL = usualRows
  ) {
    self.experiment = experiment
    self.subject = subject
    self.judge = judge
    self.seeds = seeds
    self.recipe = recipe
    self.chatTemplate = chatTemplate
    self.judgeChatTemplate = judgeChatTemplate
    self.settings = settings
    self.options = options
    self.data = data
    self.questions = questions
    self.questionSamples = questionSamples
    self.materials = materials
    self.rows = rows
  }

  /// The experiment with every change made, and what it was read from.
  package func load() throws -> ExperimentFile.Loaded {
    let url = try Catalog.url(of: experiment)
    var loaded = try ExperimentFile.load(
      url, materials: try MaterialChoice.materials(materials, for: url, subject: subject))
    let values = Dictionary(settings.map { ($0.name, $0.values) }) { $1 }
    let probes = try questions.flatMap { try QuestionFile.load(URL(fileURLWithPath: $0)).probes }
    loaded.experiment = try loaded.experiment.applying(seeds: seeds, settings: values)
      .replacing(data, in: URL.currentDirectory())
      .adding(probes, samples: questionSamples)
    if let recipe {
      loaded.experiment.training.byHand = try RecipeText.recipe(recipe)
    } else {
      loaded.experiment.training.calibrated = calibrated
    }
    return loaded
  }

  /// What a person should know of what the experiment is filled with.
  package func materialNote() throws -> String? {
    try MaterialChoice.note(materials, for: try Catalog.url(of: experiment), subject: subject)
  }

  /// The model that is asked and trained, wherever it is.
  package func provider() async throws -> any ModelProvider {
    try ModelLocator.check(purse, of: [subject] + (judge.map { [$0] } ?? []))
    return try await TrainerChoice.applied(
      trainer,
      to: try await ModelLocator.provider(
        subject, template: try chatTemplate.map { try TemplateChoice.read($0) }, purse: purse))
  }

  /// The model that rates answers, wherever it is.
  package func judgeProvider() async throws -> (any ModelProvider)? {
    guard let judge, ModelLocator.isEndpoint(judge) else { return try judgeModel() }
    return try await ModelLocator.provider(
      judge, option: "--judge",
      template: try judgeChatTemplate.map {
        try TemplateChoice.read($0, option: "--judge-chat-template")
      }, purse: purse)
  }

  /// The model that is asked and trained, one of this machine.
  package func model() throws -> any ModelProvider {
    try ModelLocator.model(subject, template: try chatTemplate.map { try TemplateChoice.read($0) })
  }

  /// The model that rates answers, one of this machine.
  package func judgeModel() throws -> (any ModelProvider)? {
    let template = try judgeChatTemplate.map {
      try TemplateChoice.read($0, option: "--judge-chat-template")
    }
    if judge == nil, let template {
      throw LabError(
        .backend,
        "--judge-chat-template: found \(template.name) and no judge; allowed: with --judge")
    }
    return try judge.map { try ModelLocator.model($0, option: "--judge", template: template) }
  }

  /// What would be done, on these models. Rows that the model is to write must be there.
  package func plan(
    on model: any ModelProvider, judge: (any ModelProvider)?
  ) throws -> Plan {
    try plan(of: try load(), on: model, judge: judge, written: rowFolder(of: model))
  }

  /// Where the rows are that a model wrote itself.
  func rowFolder(of model: any ModelProvider) -> RowFolder { RowFolder(rows, of: model.identity) }

  /// What would be done with an experiment that was read. Of what turns out to be wrong with it only
  /// now, the error names file and line.
  func plan(
    of loaded: ExperimentFile.Loaded, on model: any ModelProvider, judge: (any ModelProvider)?,
    written: any WrittenRows
  ) throws -> Plan {
    do {
      return try Planner(
        experiment: loaded.experiment, options: options, model: model, judge: judge,
        materials: loaded.materials, written: written
      ).plan()
    } catch var error as LabError {
      error.message = loaded.places.located(error.message)
      throw error
    }
  }

  /// Leaves copies of the question files in a run folder.
  package func keepQuestions(in folder: URL) throws {
    for (index, path) in questions.enumerated() {
      let text = try QuestionFile.load(URL(fileURLWithPath: path)).text
      try Storage.write(text, to: folder.appending(path: "questions-\(index + 1).yaml"))
    }
  }

  /// The command that repeats the run, as a shell reads it.
  package var command: String {
    var words = ["nosce", "run", experiment]
    if subject != "organism" { words += ["--subject", subject] }
    if let chatTemplate { words += ["--chat-template", chatTemplate] }
    if let materials { words += ["--materials", materials] }
    if let seeds { words += ["--seeds", "\(seeds)"] }
    if let recipe { words += ["--recipe", recipe] }
    if rows.relativePath != Self.usualRows.relativePath { words += ["--rows", rows.relativePath] }
    for setting in settings {
      words += ["--set", "\(setting.name)=\(setting.values.joined(separator: ","))"]
    }
    if options.exploratory { words.append("--exploratory") }
    if options.curves { words.append("--curves") }
    words += trainer?.words ?? []
    for path in questions { words += ["--questions", path] }
    if let questionSamples { words += ["--question-samples", "\(questionSamples)"] }
    if let judge { words += ["--judge", judge] }
    if let judgeChatTemplate { words += ["--judge-chat-template", judgeChatTemplate] }
    if options.dose { words.append("--dose") }
    for file in data { words += ["--data", (file.name.map { "\($0)=" } ?? "") + file.path] }
    return ShellQuoting.command(words)
  }
}
