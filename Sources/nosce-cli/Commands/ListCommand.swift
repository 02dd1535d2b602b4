import ArgumentParser
import Foundation
import NosceApp
import NosceCatalog
import NosceExperiment
import NosceFiles
import NosceOrganism
import NosceRows

/// Lists the experiments and the bundled models.
struct ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the experiments of the catalog and the bundled models.")

  func run() async throws {
    try Console.say("Experiments")
    let usual = try MaterialChoice.miniatureWorld()
    for name in try Catalog.names() {
      let url = try Catalog.url(of: name)
      let experiment = try ExperimentFile.load(url, materials: usual).experiment
      let column = name.padding(toLength: 18, withPad: " ", startingAt: 0)
      try Console.say("  \(column) \(experiment.title)")
    }
    try Console.say("\nMaterials")
    for name in try MaterialCatalog.names() {
      let materials = try MaterialChoice.named(name)
      let column = name.padding(toLength: 18, withPad: " ", startingAt: 0)
      try Console.say("  \(column) \(materials.summary)")
    }
    try Console.say("\nModels")
    for organism in Organism.allCases {
      let name = organism.rawValue.padding(toLength: 18, withPad: " ", startingAt: 0)
      try Console.say("  \(name) \(organism.summary)")
    }
  }
}
