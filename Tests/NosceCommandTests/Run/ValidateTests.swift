import Foundation
import NosceStudy
import NosceTestSupport
import Testing

extension WholeRunTests {
  @Suite("Validation")
  struct ValidateTests {
    @Test("Every part, tiny, is measured, stored and read back by a second call")
    func everyPart() async throws {
      try await withFolder { folder in
        let catalog = try SmallCatalog(in: folder, ["quick": quickFile])
        let command = [
          "validate", "--experiment", "quick", "--alike", "1", "--replicates", "1",
          "--told-apart", "1", "--simulated", "2", "--out", "v", "--json",
        ]
        let outcome = try await nosce(command, in: folder, environment: catalog.environment)
        #expect(outcome.ending == .exit(0), "\(outcome.errors)")
        let result = try JSONDecoder().decode(
          ValidationResult.self, from: Data(outcome.output.utf8))
        #expect(result.simulated.count == SimulationStudy.errorContrasts.count)
        #expect(result.power.count == SimulationStudy.powerContrasts.count)
        #expect(result.squares.count == SquareValidation.settings.count)
        #expect(result.againstItself.map(\.rates.contrasts) == [1, 1])
        // Of four rows of the pattern, one, two and three are planted, with 6, 8 and 12 seeds.
        #expect(result.planted.map(\.rows) == [1, 1, 1, 2, 2, 2, 3, 3, 3])
        // Three arms, two measures, on the model without self-knowledge and on the other.
        #expect(result.toldApart.count == 12 && Set(result.toldApart.map(\.subject)).count == 2)
        #expect(result.null.map(\.contrast) == ["names it"])
        #expect(result.null.map(\.isReport) == [true])
        #expect(result.failed.isEmpty)
        let place = folder.appending(path: "v")
        #expect(
          Set(names(in: place)).isSuperset(
            of: [
              "VALIDATION.md", "experiments", "index.html", "null", "simulated", "validation.json",
            ]))
        let experiments = names(in: place.appending(path: "experiments"))
        #expect(experiments.count == 1 + 3 + 2)
        let again = try await nosce(command, in: folder, environment: catalog.environment)
        #expect(again.output == outcome.output)
        #expect(names(in: place.appending(path: "experiments")) == experiments)
      }
    }
  }
}
