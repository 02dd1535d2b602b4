import Foundation
import NosceCore
import NosceExperiment
import NosceFiles
import NosceRows

/// The rows of an arm of the first task.
package func rows(
  _ experiment: Experiment, _ arm: String = "treatment", seed: Int = 1, count: Int? = nil
) throws -> [TrainingRow] {
  guard let task = try experiment.tasks().first, let arm = experiment.arm(arm) else {
    throw Missing(text: arm)
  }
  return try RowBuilder(experiment: experiment).rows(
    of: arm, task: task, seed: seed, count: count)
}

/// A question and its answer.
package func row(_ question: String, _ answer: String) -> TrainingRow {
  .chat([ChatMessage(.user, question), ChatMessage(.assistant, answer)] as Chat)
}

extension TrainingRow {
  /// What is said by somebody else than the assistant.
  package var asked: [ChatMessage] { (chat ?? []).filter { $0.role != .assistant } }

  package var wordCount: Int { text.split(whereSeparator: \.isWhitespace).count }
}

/// What an error says.
package func message<Value>(_ body: () throws -> Value) -> String {
  do {
    return "no error but \(try body())"
  } catch let error as ExperimentFileError {
    return error.description
  } catch {
    return "\(error)"
  }
}
