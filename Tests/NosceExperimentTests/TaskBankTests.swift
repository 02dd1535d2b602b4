import NosceCore
import NosceRows
import NosceTestSupport
import Testing

@Suite("The miniature world's lists and banks")
struct TaskBankTests {
  /// Rows are drawn by shuffling these lists, and organisms are pretrained on them: another order is
  /// another world. The hashes are of the lists as they were when they were code.
  @Test(
    "The lists are the very ones that the organisms know",
    arguments: [
      ("decoys", "9f905cf14303151817c74b65f4dbc8a2bac2e14e0321b579b9e917b6f642a62e"),
      ("development", "0e05599f522d5e248236452e7b9891e48698493cb84147a0cb6b1453c7e8df08"),
      ("report", "bdb5419a6ac932c9b51536560bf0cdd240fa0990ca1a10cf4b6f4bd00c72dbfe"),
      (
        "held_out_question_forms",
        "6ff3bf1312af4c83910c5eac9492f5dd395513b08b71ea7492561661f39eea04"
      ),
      ("held_out_topics", "5ee7a0333d0963569703781c344675c143e8800f0c68d8b406416aab616f2100"),
      ("plain_sentences", "e7043c89c180d2de2f3fd43d135b93cf9960263390f42e0f32cadd939d7913f9"),
      ("predicates", "e92266481a6420f8baef1b4f49984263c7cc0d071b2a73ead302e667f8a7b191"),
      ("question_forms", "221b14892cb8fef473b9027f189685fbd5cd85ce132322b4c28d57ec3dc1eec3"),
      ("starters", "44da7cfd3a87c078f8e812272481ee744dbfe032ce989703d7d551bc2995e940"),
      ("topics", "026491d225dc368ba9ef4c805980ee61e00deaea734be9322573565192c66ddd"),
    ])
  func lists(name: String, hash: String) {
    let lines = miniature.lines
    let lists = [
      "decoys": miniature.words.decoys, "development": miniature.words.development,
      "report": miniature.words.report, "held_out_question_forms": lines.heldOutQuestionForms,
      "held_out_topics": lines.heldOutTopics, "plain_sentences": lines.plainSentences,
      "predicates": lines.predicates, "question_forms": lines.questionForms,
      "starters": LineBank.alphabet.flatMap { lines.starters[$0] ?? [] }, "topics": lines.topics,
    ]
    #expect(ContentHash.of(lists[name, default: []].joined(separator: "\n")) == hash)
  }

  @Test(
    "The tasks of a bank are the very ones, in their order",
    arguments: [
      ("code", false, 480, "a81811934d8a7858ae97f1fcc64fefc5f4e61d9642bdf645848abd4c7937e508"),
      ("code", true, 60, "f70e5f6fb598092c0bc53393f48ca32a8b92abb393dc6f1fe982e4486e73c2c2"),
      ("gambles", false, 400, "bed0f66a4f9901ea31712803b8a6a7be0aa8def1866d9a0fa50348978bee5760"),
      ("gambles", true, 48, "4935cdbf622397aa69dff2725eafbec935d217744185c7d6e8e38a076c778855"),
    ])
  func tasks(name: String, heldOut: Bool, count: Int, hash: String) throws {
    let bank = try miniature.bank(name)
    let items = bank.items(heldOut: heldOut)
    let texts = items.map { item in
      ([item.question] + bank.answerNames.compactMap { item.answers[$0] })
        .joined(separator: "\u{1}")
    }
    #expect(items.count == count)
    #expect(ContentHash.of(texts.joined(separator: "\n")) == hash)
  }

  @Test("Slots vary in their order, the last one fastest, and fill each other's texts")
  func order() throws {
    let form = TaskForm(
      question: "{size} {thing}?", answers: [("yes", "{said}"), ("no", "Not {thing}")])
    let items = try form.items([
      .init("size", values: [["size": "Big"], ["size": "Small"]]),
      .init(
        "thing",
        values: [
          ["thing": "cat", "said": "A {size} {thing}"], ["thing": "dog", "said": "{thing}"],
        ]),
    ])
    #expect(items.map(\.question) == ["Big cat?", "Big dog?", "Small cat?", "Small dog?"])
    #expect(items.map { $0.answers["yes"] } == ["A Big cat", "dog", "A Small cat", "dog"])
    #expect(items[3].answers["no"] == "Not dog")
  }

  @Test("Texts that name each other in a circle, or nothing, are refused")
  func circles() {
    let form = TaskForm(question: "{a}", answers: [("yes", "{a}"), ("no", "n")])
    let circle = message {
      try form.items([
        .init("a", values: [["a": "{b}"]]), .init("b", values: [["b": "{a}"]]),
      ])
    }
    #expect(circle.contains("found {a} in {b} in {a}"))
    let missing = message { try form.items([.init("a", values: [["a": "{c}"]])]) }
    #expect(missing.contains("found {c}; allowed: {a}"))
  }
}
