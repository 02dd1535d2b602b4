import Foundation
import NosceApp
import NosceCalibration
import NosceCatalog
import NosceFiles
import NosceRows
import Testing

@Suite("The recipes that ship")
struct ShippedRecipeTests {
  @Test(
    "Each is a sealed search of its experiment as it stands, under the name that a run looks for")
  func current() throws {
    let files = try RecipeCatalog.files()
    #expect(!files.isEmpty)
    for file in files {
      let record = try RecipeRecord.read(file)
      let materials = try MaterialChoice.named(record.materials.name)
      let loaded = try ExperimentFile.load(
        try Catalog.url(of: record.experiment), materials: materials)
      let plan = try CalibrationPlan(
        experiment: loaded.experiment, model: record.model, materials: loaded.materials)
      #expect(plan.hash == record.searchHash, "\(file.lastPathComponent) is of an earlier form")
      #expect(file.lastPathComponent == CalibrationStage.name(of: plan) + ".json")
      #expect(try RecipeCatalog.file(named: file.lastPathComponent) == file)
    }
    #expect(try RecipeCatalog.file(named: "none.json") == nil)
  }
}
