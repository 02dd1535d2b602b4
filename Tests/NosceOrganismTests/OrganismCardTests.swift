import Foundation
import NosceCore
import NosceLocal
import NosceOrganism
import NoscePorts
import NosceRows
import NosceTestSupport
import Testing

@Suite("The organisms' cards")
struct OrganismCardTests {
  @Test("An organism's card names the world as it still is", arguments: Organism.allCases)
  func worlds(organism: Organism) throws {
    let card = try #require(try OrganismCard(in: organism.directory()))
    #expect(card.world == organism.kind)
    #expect(card.recipe == PretrainingRecipe.shipped.name)
    #expect(card.materials == miniature.name)
    #expect(
      card.worldHash == miniature.worldHash,
      "Materials/miniature/world is not what the organisms were trained on: train them again")
  }

  @Test("A card is no part of the model's content hash")
  func hash() throws {
    // Of the model files alone, as every run before there were cards has recorded it.
    let hash = try Organism.coherent.model().identity.contentHash
    #expect(hash == "b5c9b4b593cb6d5cdcfbf85b5228ac0a360ae67ac784cf6e2226cfc0ad5d8753")
  }

  @Test("A folder without a card has none, and one that is damaged is refused")
  func damaged() throws {
    try withFolder { folder in
      #expect(try OrganismCard(in: folder) == nil)
      let url = folder.appending(path: "card.json")
      try Storage.write(#"{"somebody": "else"}"#, to: url)
      #expect(try OrganismCard(in: folder) == nil)
      try Storage.write(#"{"world_hash": "0", "world": "flat"}"#, to: url)
      #expect(message { try OrganismCard(in: folder) }.contains("found the world 'flat'"))
    }
  }
}
