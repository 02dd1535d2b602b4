import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceExperiment
import NosceFiles
import NosceVerdicts

/// Seals what somebody, or the subject itself, expects of an experiment before it is run.
struct ForecastCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract: "Seal a probability for each contrast of an experiment, before it is run.",
    discussion: """
      A probability is that of the contrast ending as supported. With --set CONTRAST=0.2, once \
      for each, nothing is asked; without, a terminal asks for one after the other. --set takes \
      variables of the experiment, too, as `nosce run` does.
      """)

  @OptionGroup var arguments: ExperimentArguments

  @Option(help: "Who forecasts; by default the name of the user.")
  var forecaster: String?

  @Flag(help: "Ask the subject, before it is trained, for its own forecast.")
  var askSubject = false

  @Option(help: "Where sealed forecasts go.", completion: .directory)
  var forecasts = "forecasts"

  @Option(
    help: "Where runs are: a forecast made after a run is marked as such.", completion: .directory)
  var runs = "runs"

  @Flag(help: "Print the sealed document instead of a summary.")
  var json = false

  func validate() throws {
    if arguments.experiment == nil {
      throw ValidationError("Name an experiment, such as hello, or a YAML file.")
    }
    if askSubject, forecaster != nil {
      throw ValidationError("--ask-subject is recorded under the subject's name; give no other.")
    }
  }

  func run() async throws {
    try Storage.checkFolder(URL(fileURLWithPath: forecasts))
    let (arguments, stated) = try readSettings()
    let sealing = try ForecastSealing(try arguments.request())
    let experiment = sealing.experiment
    if askSubject, !stated.isEmpty {
      throw ValidationError("--ask-subject asks for every contrast; state none with --set.")
    }
    if !askSubject, stated.isEmpty, isatty(FileHandle.standardInput.fileDescriptor) != 1 {
      throw ValidationError(
        "There is no terminal to ask on; state the forecast with --set CONTRAST=PROBABILITY. "
          + "Contrasts: \(experiment.contrasts.map(\.name).joined(separator: ", ")).")
    }
    let target = URL(fileURLWithPath: forecasts)
    let runs = URL(fileURLWithPath: self.runs)
    let (forecast, file) =
      askSubject
      ? try await sealing.sealOfSubject(in: target, runs: runs)
      : try sealing.seal(
        stated.isEmpty ? try ask(experiment) : stated, by: forecaster ?? NSUserName(), in: target,
        runs: runs)
    try report(forecast, file)
  }

  /// The `--set` that name contrasts, and the arguments with those that name variables.
  private func readSettings() throws -> (ExperimentArguments, [String: Double]) {
    var rest = arguments
    rest.settings = []
    let experiment = try rest.request().load().experiment
    let contrasts = experiment.contrasts.map(\.name)
    let variables = experiment.variables.map(\.name)
    var stated: [String: Double] = [:]
    for setting in arguments.settings {
      // A contrast's name may hold an equals sign, a probability none.
      let cut = setting.lastIndex(of: "=") ?? setting.endIndex
      let contrast = String(setting[..<cut]).trimmingCharacters(in: .whitespaces)
      let variable = String(setting.prefix { $0 != "=" })
      if contrasts.contains(contrast) {
        let value = setting[cut...].dropFirst().trimmingCharacters(in: .whitespaces)
        if stated[contrast] != nil {
          throw LabError(
            .invalidExperiment, "--set \(contrast): found two probabilities; allowed: one")
        }
        stated[contrast] = try probability(value, of: contrast)
      } else if variables.contains(variable) {
        rest.settings.append(setting)
      } else {
        throw LabError(
          .invalidExperiment,
          "--set \(contrast): found an unknown name; allowed: the contrasts "
            + "\(contrasts.joined(separator: ", "))"
            + (variables.isEmpty ? "" : "; the variables \(variables.joined(separator: ", "))"))
      }
    }
    return (rest, stated)
  }

  private func probability(_ text: String, of contrast: String) throws -> Double {
    guard let value = Double(text), (0...1).contains(value) else {
      throw LabError(
        .invalidExperiment, "\(contrast): found '\(text)'; allowed: a probability, 0 to 1")
    }
    return value
  }

  /// Asks on the terminal for one contrast after the other; an empty line leaves one out.
  private func ask(_ experiment: Experiment) throws -> [String: Double] {
    Console.complain(
      "\(experiment.title)\n\(experiment.question)\n\nHow likely is it that each of these ends as "
        + "supported? 0 to 1; an empty line leaves it out.")
    var answers: [String: Double] = [:]
    for contrast in experiment.contrasts {
      let sign = contrast.direction == .greater ? "more" : "less"
      Console.complain(
        "\n\(contrast.name)\n  \(contrast.treatment) scores \(sign) than "
          + "\(contrast.opponents) on \(contrast.probe), by at least "
          + "\(contrast.smallestEffect)")
      while true {
        Console.mutter("  probability: ")
        guard let line = readLine() else {
          throw LabError(
            .invalidExperiment, "the input ended before the forecast; nothing is sealed")
        }
        let text = line.trimmingCharacters(in: .whitespaces)
        if text.isEmpty { break }
        do {
          answers[contrast.name] = try probability(text, of: contrast.name)
          break
        } catch {
          Console.complain("  \(error)")
        }
      }
    }
    return answers
  }

  private func report(_ forecast: SealedForecast, _ file: URL) throws {
    if json { return try Console.write(String(decoding: try forecast.document(), as: UTF8.self)) }
    for stated in forecast.probabilities {
      try Console.say(
        "  \(String(format: "%.3f", stated.probability))  \(stated.contrast)")
    }
    if forecast.afterTheFact {
      try Console.say(
        "AFTER THE FACT: there is a run of this experiment already. It will not be scored.")
    }
    try Console.say(
      "Sealed \(forecast.sealed) by \(forecast.forecaster): \(file.relativePath)\n"
        + "Seal \(forecast.seal)")
  }
}
