import NosceLocal
import Testing

@Suite("What asking is reckoned to take without trying it")
struct WorkReckoningTests {
  @Test("What a prompt has in common with the one before is not read again")
  func unread() {
    let rows: [Int32] = [1, 2, 3, 4]
    #expect(
      WorkReckoning.unread([rows + [5, 6], rows + [5], rows + [7, 8, 9], [2, 3]]) == [6, 0, 3, 2])
    #expect(WorkReckoning.unread([rows, rows]) == [4, 0])
    #expect(WorkReckoning.unread([]) == [])
  }

  @Test("A step of many answers takes what their tokens do, and no less than a step of one")
  func step() {
    let reckoning = WorkReckoning(pace: 0.25)
    #expect(reckoning.step(of: 2, asFew: 1, most: 64) == 1)
    #expect(reckoning.step(of: 12, asFew: 1, most: 64) == 3)
    // Two rounds of at most eight.
    #expect(reckoning.step(of: 12, asFew: 1, most: 8) == 4)
  }

  @Test("Texts are read behind their prompt")
  func scoring() {
    let reckoning = WorkReckoning(pace: 0.5)
    #expect(reckoning.scoring(10, texts: 0) == 5)
    #expect(reckoning.scoring(10, texts: 3) == 5 + 0.5 * Double(3 * WorkReckoning.tokensOfText))
  }
}
