import ArgumentParser
import Foundation
import NosceCatalog
import NosceExperiment
import NosceFiles
import NosceOrganism

/// Lists the experiments and the bundled models.
struct ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the experiments of the catalog and the bundled models.")

  func run() async throws {
    try Console.say("Experiments")
    for name in try Catalog.names() {
      let experiment = try ExperimentFile.load(try Catalog.url(of: name)).experiment
      let column = name.padding(toLength: 18, withPad: " ", startingAt: 0)
      try Console.say("  \(column) \(experiment.title)")
    }
    try Console.say("\nModels")
    for organism in Organism.allCases {
      let name = organism.rawValue.padding(toLength: 18, withPad: " ", startingAt: 0)
      try Console.say("  \(name) \(organism.summary)")
    }
  }
}
