import Foundation
import NosceExperiment
import NosceFiles
import NoscePorts
import NosceRows
import NosceRuns

/// The set of materials that tests use where it is not what they test.
package let miniature: Materials = {
  do {
    return try MaterialsReader.load(packageRoot.appending(path: "Materials/miniature"))
  } catch {
    preconditionFailure("the miniature materials cannot be read: \(error)")
  }
}()

extension ExperimentFile {
  package static func decode(
    _ text: String, file: String, in folder: URL? = nil
  ) throws -> Experiment {
    try decode(text, file: file, in: folder, materials: miniature)
  }

  package static func load(_ url: URL) throws -> Loaded { try load(url, materials: miniature) }
}

extension RowBuilder {
  package init(experiment: Experiment) {
    self.init(experiment: experiment, materials: miniature)
  }
}

extension AskBuilder {
  package init(experiment: Experiment) {
    self.init(experiment: experiment, materials: miniature)
  }
}

extension Planner {
  package init(
    experiment: Experiment, options: Plan.Options = .init(), model: any ModelProvider,
    judge: (any ModelProvider)? = nil
  ) {
    self.init(
      experiment: experiment, options: options, model: model, judge: judge,
      materials: miniature)
  }
}

extension Runner {
  package init(
    folder: RunFolder, model: any ModelProvider, judge: (any ModelProvider)? = nil,
    onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in },
    onMessage: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.init(
      folder: folder, model: model, materials: miniature, judge: judge,
      onProgress: onProgress, onMessage: onMessage)
  }
}

extension RunFolder {
  package static func resume(
    _ url: URL, model: any ModelProvider, judge: (any ModelProvider)? = nil,
    beforeCommit: @escaping @Sendable (Int) throws -> Void = { _ in }
  ) throws -> RunFolder {
    try resume(
      url, model: model, judge: judge, materials: miniature, beforeCommit: beforeCommit)
  }
}
