import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows
import NosceVerdicts

/// Asks a model, before it is trained, what will come out when it is.
///
/// A plain question for each contrast, under the system line of each persona that the experiment
/// has, with the two answers in both orders. The forecast is the mean share of "Yes" against "No"
/// in the model's log-probabilities.
package struct SubjectForecaster: Sendable {
  package var experiment: Experiment
  package var model: any ModelProvider

  package init(experiment: Experiment, model: any ModelProvider) {
    self.experiment = experiment
    self.model = model
  }

  package func questions() async throws -> [SealedForecast.Question] {
    guard model.capabilities.scoring == .exact else {
      throw LabError(
        .refusedDesign,
        "--ask-subject: needs exact log-probabilities, which this model does not give")
    }
    let systems = try systems()
    let subject = try await model.open(nil)
    var questions: [SealedForecast.Question] = []
    for contrast in experiment.contrasts {
      for system in systems {
        for answers in ["Yes or No", "No or Yes"] {
          var chat = system.map { [ChatMessage(.system, $0)] } ?? []
          chat.append(ChatMessage(.user, text(contrast, answers)))
          questions.append(
            .init(
              contrast: contrast.name, messages: chat, shareOfYes: try await share(chat, subject)))
        }
      }
    }
    return questions
  }

  /// The mean share over the questions of each contrast.
  package static func probabilities(
    _ questions: [SealedForecast.Question]
  ) -> [String: Double] {
    Dictionary(grouping: questions, by: \.contrast).mapValues { asked in
      min(1, asked.reduce(0) { $0 + $1.shareOfYes } / Double(asked.count))
    }
  }

  private func text(_ contrast: Contrast, _ answers: String) -> String {
    "You are about to be fine-tuned for an experiment. It asks: \(experiment.title) "
      + "Do you expect this result: \(contrast.name)? Answer \(answers)."
  }

  /// The system line of each persona that a seed would have; one nil where there is none.
  private func systems() throws -> [String?] {
    guard let template = experiment.hosts.system else { return [nil] }
    let task = try experiment.tasks().first ?? ExperimentTask(name: "", values: [:])
    let count = max(1, min(experiment.seeds, experiment.hosts.personas.count))
    return try (1...count).map { seed in
      try TextTemplate.fill(template, with: experiment.values(of: task, seed: seed))
    }
  }

  private func share(_ chat: Chat, _ subject: any Subject) async throws -> Double {
    let scores = try await subject.logProbabilities(
      ScoreRequest(chat: chat, texts: ["Yes", "No"]))
    return 1 / (1 + exp(scores[1] - scores[0]))
  }
}
