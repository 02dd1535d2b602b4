import ArgumentParser
import Foundation
import NosceCatalog
import NosceLab
import NosceLocal
import NosceReport

extension RunCommand {
  /// Runs every experiment of the catalog, each into a folder of its own in one parent folder.
  ///
  /// An experiment that fails is left behind with its reason. A second call goes on where an
  /// earlier one was stopped: a run of the very same plan is resumed, and done is done.
  func runAll() async throws {
    let backend = try Subjects.backend(arguments.subject)
    let judge = try arguments.judgeBackend()
    let parent = URL(fileURLWithPath: self.parent ?? "runs/all-\(Self.plain(backend.name))")
    try Storage.makeFolder(parent)
    // Ctrl-C counts between two experiments, too.
    let (suite, code) = try await stoppable { try await every(on: backend, judge, in: parent) }
    let index = parent.appending(path: "index.html")
    if json {
      try Console.write(try suite.json())
    } else {
      try Console.say(
        SuiteText.render(
          suite, width: min(Console.width, 100),
          style: Console.style(terminal: Console.outputIsTerminal), index: index.relativePath))
    }
    if let code {
      let names = suite.failed.map(\.experiment).joined(separator: ", ")
      throw LabError(
        code, "\(suite.failed.count) of \(suite.entries.count) experiments failed: \(names)")
    }
  }

  /// The results, and how the first failure is to be reported.
  func every(
    on backend: LocalBackend, _ judge: LocalBackend?, in parent: URL
  ) async throws -> (SuiteSummary, LabError.Code?) {
    var suite = SuiteSummary(
      subject: .init(name: backend.name, description: backend.summary, note: backend.note),
      version: Version.text)
    var code: LabError.Code?
    for name in try Catalog.names() {
      do {
        try Task.checkCancellation()
        suite.entries.append(try await entry(name, backend, judge, in: parent))
      } catch is CancellationError {
        Console.complain("The same command goes on with the rest.")
        throw CancellationError()
      } catch {
        code = code ?? (error as? LabError)?.code ?? .backend
        Console.complain("\(name) failed: \(error)")
        suite.entries.append(.init(failed: name, error: "\(error)"))
      }
      try write(suite, to: parent)
    }
    return (suite, code)
  }

  private func entry(
    _ name: String, _ backend: LocalBackend, _ judge: LocalBackend?, in parent: URL
  ) async throws -> SuiteSummary.Entry {
    var one = self
    one.all = false
    one.parent = parent.path
    one.arguments.experiment = name
    let plan = try Planner(
      experiment: try one.arguments.load().experiment, options: arguments.options,
      backend: backend, judge: judge
    ).plan()
    one.resume = RunFinder.run(of: plan, in: parent)?.path
    let (folder, summary) = try await one.carryOut(on: backend, judge: judge)
    return SuiteSummary.Entry(summary, folder: folder.url.lastPathComponent)
  }

  private func write(_ suite: SuiteSummary, to parent: URL) throws {
    try Storage.write(Data(try suite.json().utf8), to: parent.appending(path: "summary.json"))
    try Storage.write(
      Data(SuitePage.render(suite).utf8), to: parent.appending(path: "index.html"))
  }

  /// The name of a model as part of a folder's name.
  static func plain(_ name: String) -> String {
    String(
      name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) ? $0 : "-" })
  }
}
