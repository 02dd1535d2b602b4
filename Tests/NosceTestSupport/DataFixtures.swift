import Foundation
import NosceCore
import NosceExperiment
import NosceRows

/// The small experiment with other rows in its treatment arm, given as YAML on one line.
func smallFile(rows: String) throws -> String {
  try smallFile(
    replacing: #"{generator: spelled-lines, word: "{word}", count: 4}"#, with: rows)
}

func smallExperiment(rows: String, in folder: URL? = nil) throws -> Experiment {
  try ExperimentFile.decode(try smallFile(rows: rows), file: "small.yaml", in: folder)
}

/// The rows of an arm of the first task.
func rows(
  _ experiment: Experiment, _ arm: String = "treatment", seed: Int = 1, count: Int? = nil
) throws -> [TrainingRow] {
  guard let task = try experiment.tasks().first, let arm = experiment.arm(arm) else {
    throw Missing(text: arm)
  }
  return try RowBuilder(experiment: experiment).rows(
    of: arm, task: task, seed: seed, count: count)
}

/// A question and its answer.
func row(_ question: String, _ answer: String) -> TrainingRow {
  .chat([ChatMessage(.user, question), ChatMessage(.assistant, answer)])
}

extension TrainingRow {
  /// What is said by somebody else than the assistant.
  var asked: [ChatMessage] { (chat ?? []).filter { $0.role != .assistant } }

  var wordCount: Int { text.split(whereSeparator: \.isWhitespace).count }
}

/// What an error says.
func message<Value>(_ body: () throws -> Value) -> String {
  do {
    return "no error but \(try body())"
  } catch let error as ExperimentFileError {
    return error.description
  } catch {
    return "\(error)"
  }
}
