import ArgumentParser
import Foundation
import NosceApp
import NosceCatalog
import NosceCore
import NosceExperiment
import NosceFiles
import NosceOrganism
import NosceRows

/// Lists the experiments and the bundled models.
struct ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the experiments of the catalog and the bundled models.")

  func run() async throws {
    let usual = try MaterialChoice.miniatureWorld()
    let experiments = try Catalog.names().map { name in
      (name, try ExperimentFile.load(try Catalog.url(of: name), materials: usual).experiment.title)
    }
    let materials = try MaterialCatalog.names().map { ($0, try MaterialChoice.named($0).summary) }
    let models = Organism.allCases.map { ($0.rawValue, $0.summary) }
    let sections = [("Experiments", experiments), ("Materials", materials), ("Models", models)]
    let names = sections.flatMap(\.1).map(\.0)
    let column = (names.map(ColumnText.width).max() ?? 0) + 4
    for (number, (heading, entries)) in sections.enumerated() {
      try Console.say((number == 0 ? "" : "\n") + heading)
      for (name, text) in entries {
        let lines = ColumnText.entry(name, text, column: column, width: Console.width)
        try Console.say(lines.joined(separator: "\n"))
      }
    }
  }
}
