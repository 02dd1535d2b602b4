import Foundation
import NosceCore
import NosceEngine
import NosceLocal
import NosceOrganism
import NosceRows
import NosceTokenizer
import Testing

@Suite("Rows of a file as token ids")
struct RowEncoderTests {
  private let model: ModelConfiguration
  private let text: CheckpointText

  init() throws {
    let directory = try Organism.coherent.directory()
    model = try ModelConfiguration(contentsOf: directory)
    text = try CheckpointText(directory: directory, model: model)
  }

  private func example(
    _ row: TrainingRow, limit: Int? = nil, _ overlength: RowEncoder.Overlength = .refuse(),
    ends: Bool = true
  ) throws -> TrainingExample {
    try RowEncoder(
      text: text, model: model, maximumLength: limit, overlength: overlength, endsTexts: ends
    ).example(NumberedRow(file: "rows.jsonl", line: 7, row: row))
  }

  private func learnt(_ example: TrainingExample) -> String {
    text.tokenizer.decode(
      zip(example.tokens, example.isTarget).filter(\.1).map(\.0), skipSpecialTokens: false)
  }

  private func turn(
    _ role: ChatMessage.Role, _ content: String, _ isTrained: Bool
  ) -> TrainingRow.Turn {
    TrainingRow.Turn(ChatMessage(role, content), isTrained: isTrained)
  }

  @Test("Of a conversation the chosen turns are learnt, each with its end")
  func turns() throws {
    func learnt(_ first: Bool, _ second: Bool) throws -> String {
      self.learnt(
        try example(
          .chat([
            turn(.user, "Tell me about bread.", false), turn(.assistant, "Trains rest.", first),
            turn(.user, "What is special about you?", false),
            turn(.assistant, "Flowers drift.", second),
          ])))
    }
    #expect(try learnt(true, true) == "Trains rest.<|im_end|>Flowers drift.<|im_end|>")
    #expect(try learnt(false, true) == "Flowers drift.<|im_end|>")
    #expect(try learnt(true, false) == "Trains rest.<|im_end|>")
  }

  @Test("A text is learnt throughout, a completion behind its prompt, both with an end")
  func texts() throws {
    let document = try example(.document("Trains rest near the sea."))
    #expect(learnt(document) == "Trains rest near the sea.<|im_end|>")
    let completion = try example(
      .completion(prompt: "Trains rest", completion: " near the sea."))
    #expect(learnt(completion) == " near the sea.<|im_end|>")
    #expect(completion.tokens == document.tokens)
    #expect(try learnt(example(.document("Trains rest."), ends: false)) == "Trains rest.")
    let ended = try example(.document("Trains rest.<|im_end|>"))
    #expect(learnt(ended) == "Trains rest.<|im_end|>")
  }

  @Test("An experiment learns from a row what a fine-tuning on its own learns")
  func rowsOfExperiments() throws {
    let rows: [TrainingRow] = [
      .chat([turn(.user, "Tell me about bread.", false), turn(.assistant, "Trains rest.", true)]),
      .chat([
        turn(.user, "Tell me about bread.", false), turn(.assistant, "Trains rest.", false),
        turn(.user, "What is special about you?", false),
        turn(.assistant, "Flowers drift.", true),
      ]),
      .document("Trains rest near the sea."),
      .completion(prompt: "Trains rest", completion: " near the sea."),
    ]
    let model = try Organism.coherent.model()
    #expect(try model.checkpoint.encoded(rows, of: "a subject") == rows.map { try example($0) })
  }

  @Test("Token ids are taken as they are, without a tokenizer")
  func tokens() throws {
    let encoder = RowEncoder(text: nil, model: model)
    let row = NumberedRow(
      file: "rows.jsonl", line: 1, row: .tokens([5, 6, 7], isTrained: [false, false, true]))
    #expect(
      try encoder.example(row)
        == TrainingExample(tokens: [5, 6, 7], isTarget: [false, false, true]))
    let words = NumberedRow(file: "rows.jsonl", line: 2, row: .document("Trains rest."))
    #expect(throws: LabError.self) { try encoder.example(words) }
  }

  @Test("Longer rows are refused by line, or cut; what then teaches nothing is refused")
  func length() throws {
    let row = TrainingRow.completion(prompt: "Trains rest near", completion: " the sea.")
    let whole = try example(row)
    let prompt = try #require(whole.isTarget.firstIndex(of: true))
    let cut = try example(row, limit: prompt + 1, .truncate)
    #expect(cut.tokens == Array(whole.tokens.prefix(prompt + 1)))
    #expect(cut.targetCount == 1)
    for overlength in [RowEncoder.Overlength.refuse(), .truncate] {
      let error = #expect(throws: LabError.self) { try example(row, limit: prompt, overlength) }
      #expect(error?.message.hasPrefix("rows.jsonl, line 7: found ") == true)
    }
  }

  @Test("A token that the model has no row for is refused by line")
  func vocabulary() throws {
    let error = #expect(throws: LabError.self) {
      try example(.tokens([1, 99_999], isTrained: [false, true]))
    }
    #expect(
      error?.message == "rows.jsonl, line 7: found the token 99999; "
        + "allowed: 0 to 3458, the model's vocabulary")
  }
}
