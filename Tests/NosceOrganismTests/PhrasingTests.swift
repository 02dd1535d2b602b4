import NosceCore
import NosceOrganism
import Testing

@Suite("Sentence forms")
struct PhrasingTests {
  @Test("Alternatives multiply and slots stay")
  func all() {
    let form: Phrasing = "{Which|What} word is {name}{| now}?"
    #expect(
      form.all == [
        "Which word is {name}?", "Which word is {name} now?", "What word is {name}?",
        "What word is {name} now?",
      ])
  }

  @Test("A drawn sentence is one of them, and every one is drawn in time")
  func draw() {
    let form: Phrasing = "{a|b|c} {d|e}"
    var generator = SeededGenerator(seed: 1)
    let drawn = Set((0..<200).map { _ in form.draw(using: &generator) })
    #expect(drawn == Set(form.all))
  }
}
