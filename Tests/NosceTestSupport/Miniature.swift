import Foundation
import NosceExperiment
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
    experiment: Experiment, options: Plan.Options = .init(), backend: any Backend,
    judge: (any Backend)? = nil
  ) {
    self.init(
      experiment: experiment, options: options, backend: backend, judge: judge,
      materials: miniature)
  }
}

extension Runner {
  package init(
    folder: RunFolder, backend: any Backend, judge: (any Backend)? = nil,
    onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in }
  ) {
    self.init(
      folder: folder, backend: backend, materials: miniature, judge: judge,
      onProgress: onProgress)
  }
}

extension RunFolder {
  package static func resume(
    _ url: URL, backend: any Backend, judge: (any Backend)? = nil,
    beforeCommit: @escaping @Sendable (Int) throws -> Void = { _ in }
  ) throws -> RunFolder {
    try resume(
      url, backend: backend, judge: judge, materials: miniature, beforeCommit: beforeCommit)
  }
}
