import Foundation
import NosceCatalog
import NosceCore
import NosceExperiment
import NosceFiles
import NosceLocal
import NoscePorts
import NosceRuns

/// Which experiment is asked for, on which model, with which changes.
package struct ExperimentRequest: Sendable {
  /// A name of the catalog, or the path of a YAML file.
  package var experiment: String
  package var subject: String
  package var judge: String?
  package var seeds: Int?
  /// Other values of variables, in the order in which they were given.
  package var settings: [(name: String, values: [String])]
  package var options: Plan.Options
  /// Files in place of rows that the experiment marks as replaceable.
  package var data: [(name: String?, path: String)]
  /// Files of published questions.
  package var questions: [String]
  /// At most so many samples of each of their wordings.
  package var questionSamples: Int?

  package init(
    experiment: String, subject: String = "organism", judge: String? = nil, seeds: Int? = nil,
    settings: [(name: String, values: [String])] = [], options: Plan.Options = .init(),
    data: [(name: String?, path: String)] = [], questions: [String] = [],
    questionSamples: Int? = nil
  ) {
    self.experiment = experiment
    self.subject = subject
    self.judge = judge
    self.seeds = seeds
    self.settings = settings
    self.options = options
    self.data = data
    self.questions = questions
    self.questionSamples = questionSamples
  }

  /// The experiment with every change made, and the text of its file.
  package func load() throws -> (experiment: Experiment, text: String) {
    let loaded = try ExperimentFile.load(try Catalog.url(of: experiment))
    let values = Dictionary(settings.map { ($0.name, $0.values) }) { $1 }
    let probes = try questions.flatMap { try QuestionFile.load(URL(fileURLWithPath: $0)).probes }
    let changed = try loaded.experiment.applying(seeds: seeds, settings: values)
      .replacing(data, in: URL.currentDirectory())
      .adding(probes, samples: questionSamples)
    return (changed, loaded.text)
  }

  /// The model that is asked and trained.
  package func model() throws -> any ModelProvider { try ModelLocator.model(subject) }

  /// The model that rates answers.
  package func judgeModel() throws -> (any ModelProvider)? {
    try judge.map { try ModelLocator.model($0, option: "--judge") }
  }

  /// What would be done, on these models.
  package func plan(
    on model: any ModelProvider, judge: (any ModelProvider)?
  ) throws -> Plan {
    try Planner(
      experiment: try load().experiment, options: options, model: model, judge: judge
    ).plan()
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
    if let seeds { words += ["--seeds", "\(seeds)"] }
    for setting in settings {
      words += ["--set", "\(setting.name)=\(setting.values.joined(separator: ","))"]
    }
    if options.exploratory { words.append("--exploratory") }
    if options.curves { words.append("--curves") }
    for path in questions { words += ["--questions", path] }
    if let questionSamples { words += ["--question-samples", "\(questionSamples)"] }
    if let judge { words += ["--judge", judge] }
    if options.dose { words.append("--dose") }
    for file in data { words += ["--data", (file.name.map { "\($0)=" } ?? "") + file.path] }
    return ShellQuoting.command(words)
  }
}
