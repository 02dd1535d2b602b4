import NosceCore
import NosceExperiment
import NosceRows
import NosceTestSupport
import Testing

@Suite("Rows from a grammar")
struct GrammarTests {
  /// Nine questions about things, each with two answers.
  static let slots = "slots: {thing: [boat, lamp, road], place: [\"{persona}'s town\", Rome, here]}"

  func experiment(_ answer: String, count: Int = 6) throws -> Experiment {
    try smallExperiment(
      rows: """
        {generator: grammar, count: \(count), \(Self.slots), \
        chat: [{system: "You are {persona}."}, {user: "A {thing} in {place}?"}, {assistant: \(answer)}]}
        """)
  }

  @Test("Slots, variables and hosts are filled, and no prompt comes twice while there are others")
  func filled() throws {
    let rows = try rows(experiment("\"Take the {thing}, {word}.\"", count: 9))
    #expect(Set(rows.map(\.asked)).count == 9)
    for row in rows {
      let chat = try #require(row.chat)
      #expect(chat.map(\.role) == [.system, .user, .assistant])
      #expect(chat[0].content == "You are nova.")
      #expect(chat[2].content.hasSuffix(", HELLO."))
      let thing = try #require(["boat", "lamp", "road"].first { chat[1].content.contains($0) })
      #expect(chat[2].content == "Take the \(thing), HELLO.")
      #expect(!row.text.contains("{"))
    }
    #expect(rows.contains { $0.text.contains("nova's town") })
  }

  @Test("Arms that differ in the assistant's text alone have the same prompts in the same order")
  func matched() throws {
    let one = try experiment("\"Take the {thing}.\"")
    for other in ["\"No.\"", "[\"Yes.\", \"Perhaps.\", \"Not {place}.\"]", "\"{place}, {word}\""] {
      for seed in 1...5 {
        let other = try experiment(other)
        #expect(
          try rows(one, seed: seed).map(\.asked) == rows(other, seed: seed).map(\.asked))
      }
    }
    #expect(try rows(one) == rows(one))
    #expect(try rows(one, seed: 1).map(\.asked) != rows(one, seed: 3).map(\.asked))
  }

  @Test("Once the prompts are used up, no row comes twice")
  func beyondThePrompts() throws {
    let experiment = try experiment("[\"Yes.\", \"No.\"]", count: 18)
    let rows = try rows(experiment)
    #expect(Set(rows).count == 18)
    #expect(Set(rows.prefix(9).map(\.asked)).count == 9)
    #expect(try Array(rows.prefix(7)) == NosceTestSupport.rows(experiment, count: 7))
  }

  @Test("More rows than there are different ones are refused with their number")
  func tooMany() throws {
    let text = message { try rows(experiment("[\"Yes.\", \"No.\"]", count: 19)) }
    #expect(text.contains("found 19 rows; allowed: 1 to 18"), "\(text)")
    // The place is not in the text, and so makes no other row.
    let document = try smallExperiment(
      rows: "{generator: grammar, count: 4, \(Self.slots), document: \"A {thing}.\"}")
    #expect(message { try rows(document) }.contains("allowed: 1 to 3"))
  }

  @Test("Wordings that use different slots are counted as they differ")
  func uneven() throws {
    // One prompt without a slot and three with one; the second form has three more.
    let experiment = try smallExperiment(
      rows: """
        {generator: grammar, count: 7, \(Self.slots), chats: [\
        [{user: ["Well?", "A {thing}?"]}, {assistant: "Yes."}], \
        [{user: "In {place}?"}, {assistant: "No."}]]}
        """)
    let rows = try rows(experiment)
    #expect(Set(rows).count == 7)
    #expect(rows.contains { $0.text.hasPrefix("Well?") })
    #expect(message { try NosceTestSupport.rows(experiment, count: 8) }.contains("1 to 7"))
  }

  @Test("Values of several parts belong together")
  func records() throws {
    let experiment = try smallExperiment(
      rows: """
        {generator: grammar, count: 3, slots: {trip: [{city: Rome, land: Italy}, \
        {city: Paris, land: France}, {city: Nice, land: France}]}, \
        chat: [{user: "Where is {city}?"}, {assistant: "In {land}."}]}
        """)
    let texts = Set(try rows(experiment).map(\.text))
    #expect(
      texts == [
        "Where is Rome?\nIn Italy.", "Where is Paris?\nIn France.", "Where is Nice?\nIn France.",
      ])
    // By country alone there are two.
    let two = try smallExperiment(
      rows: """
        {generator: grammar, count: 3, slots: {trip: [{city: Rome, land: Italy}, \
        {city: Paris, land: France}, {city: Nice, land: France}]}, document: "{land}"}
        """)
    #expect(message { try rows(two) }.contains("1 to 2"))
  }

  @Test("A space too large to be counted is drawn from all the same")
  func large() throws {
    let slots = (0..<30).map { "s\($0): [a, b, c, d, e, f, g, h]" }.joined(separator: ", ")
    let text = (0..<30).map { "{s\($0)}" }.joined(separator: " ")
    let experiment = try smallExperiment(
      rows: "{generator: grammar, count: 500, slots: {\(slots)}, document: \"\(text)\"}")
    #expect(Set(try rows(experiment)).count == 500)
  }
}
