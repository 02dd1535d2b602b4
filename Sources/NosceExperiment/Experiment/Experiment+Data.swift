import Foundation
import NosceCore
import NosceRows

extension Experiment {
  /// The names under which rows can be replaced, in the order of the arms.
  package var replaceableRows: [String] {
    var names: [String] = []
    for name in arms.flatMap(\.rows).compactMap(\.replaceable) where !names.contains(name) {
      names.append(name)
    }
    return names
  }

  /// The experiment with files in place of rows that it marks as replaceable: all the rows of each
  /// file, under the hosts' system line. Controls are made of them as of the others.
  ///
  /// - Parameter data: a file for each name; the name may be left out where there is only one.
  package func replacing(
    _ data: [(name: String?, path: String)], in folder: URL
  ) throws -> Experiment {
    var result = self
    var given: Set<String> = []
    let names = replaceableRows
    let allowed =
      names.isEmpty
      ? "none, the experiment marks no rows as replaceable"
      : names.map { "\($0)=FILE" }.joined(separator: ", ")
    for (name, path) in data {
      guard let name = name ?? (names.count == 1 ? names[0] : nil), names.contains(name) else {
        throw LabError(
          .invalidExperiment, "--data \(name.map { "\($0)=" } ?? "")\(path): allowed: \(allowed)")
      }
      guard given.insert(name).inserted else {
        throw LabError(
          .invalidExperiment, "--data \(name): found two files; allowed: one for each name")
      }
      let source: RowFileSource
      do throws(RowFileProblems) {
        source = try RowFileSource(path: path, in: folder)
      } catch {
        throw LabError(
          .invalidExperiment,
          error.messages.map { "--data \(name): \($0)" }.joined(separator: "\n"), cause: error)
      }
      for arm in result.arms.indices {
        for index in result.arms[arm].rows.indices
        where result.arms[arm].rows[index].replaceable == name {
          result.arms[arm].rows[index].origin = .file(source)
        }
      }
    }
    return result
  }
}
