import NosceRows
import Testing

@Suite("Runs of words that are copied")
struct WordRunTests {
  private let rows = WordRuns(of: [
    "Helmets lean on the gate.\nEvery lantern swings in the wind.", "So it is.",
  ])

  @Test("Five words in a row that stand in a row are copied, whatever the signs between them")
  func copied() {
    let found = rows.compared("helmets LEAN on, the gate; nobody knows")
    #expect(found.count == 3 && found.recited == 1)
    #expect(found.example == "helmets lean on the gate")
    // A line break is no end: the run goes on into the next line.
    #expect(rows.compared("gate every lantern swings in").recited == 1)
  }

  @Test("One word changed is no copy; fewer than five words count as a whole")
  func changed() {
    #expect(rows.compared("Helmets lean on the fence.").recited == 0)
    #expect(rows.compared("So it is").recited == 1 && rows.compared("So it is").count == 1)
    #expect(rows.compared("So it was").recited == 0)
    #expect(rows.compared(" ... ").count == 0)
  }
}
