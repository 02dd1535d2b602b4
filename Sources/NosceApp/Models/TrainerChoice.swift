import Foundation
import NosceCore
import NosceLocal
import NoscePorts
import NosceRuns
import NosceTrainers

/// What fine-tunes in place of the model itself, as it was typed.
///
/// It comes from the command line and from nowhere else: no file that is opened may name a program to be
/// started. So a run that began with one is given it again where subjects are still to be trained.
package struct TrainerChoice: Sendable {
  package let name: String
  package let arguments: [String]

  /// - Parameters:
  ///   - name: `trl`, or `command:PROGRAM`.
  ///   - arguments: what PROGRAM is given before the folder of its job.
  /// - Throws: ``LabError`` for another name.
  package init(_ name: String, arguments: [String] = []) throws {
    do {
      _ = try TrainingProgram(named: name, arguments: arguments)
    } catch let error as LabError {
      throw LabError(error.code, "--trainer: \(error.message)", cause: error)
    }
    // Whoever is told these words may stand in another folder.
    let program = name.dropFirst(TrainingProgram.commandPrefix.count)
    let isPath = name.hasPrefix(TrainingProgram.commandPrefix) && program.contains("/")
    self.name =
      isPath
      ? TrainingProgram.commandPrefix
        + URL(fileURLWithPath: String(program)).standardizedFileURL.path
      : name
    self.arguments = arguments
  }

  /// The same as words of a command.
  package var words: [String] {
    ["--trainer=\(name)"] + arguments.map { "--trainer-argument=\($0)" }
  }

  /// The model with what fine-tunes it.
  ///
  /// - Parameters:
  ///   - choice: nil where nobody named one.
  ///   - plan: of a run that is gone on with.
  /// - Throws: ``LabError`` where the model is none of files on this machine, and where the program, or
  ///   what it needs, is not there.
  package static func applied(
    _ choice: TrainerChoice?, of plan: Plan? = nil, to model: any ModelProvider
  ) async throws -> any ModelProvider {
    guard let choice else {
      guard let name = plan?.trainer, model.trainer?.name != name else { return model }
      return TrainedElsewhere(model, by: MissingTrainer(given: name))
    }
    guard let local = model as? LocalModel else {
      throw LabError(
        .refusedDesign,
        "--trainer: found \(model.identity.name), which has no weights here; allowed: a checkpoint on "
          + "this machine")
    }
    let trainer = try ExternalTrainer(
      local, program: try TrainingProgram(named: choice.name, arguments: choice.arguments))
    // Before a plan is made: every subject would fail for the same reason.
    try await trainer.check()
    return TrainedElsewhere(model, by: trainer)
  }
}

/// Stands where a run's trainer stood and nobody has named it again: what is trained can be asked, and
/// nothing else can be trained.
private struct MissingTrainer: Trainer {
  let given: String

  var name: String? { given }
  var keepsSnapshots: Bool { true }

  func submit(_ job: TrainingJob) async throws -> JobID {
    throw LabError(
      .refusedDesign,
      "\(job.name): found a run of which subjects are trained by \(given), and no --trainer; allowed: "
        + "--trainer again, for no file may name a program")
  }

  func events(of job: JobID) -> AsyncThrowingStream<TrainingEvent, any Error> {
    AsyncThrowingStream { $0.finish() }
  }
}
