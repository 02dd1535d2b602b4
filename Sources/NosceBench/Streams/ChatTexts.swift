/// What the `experiment` workload trains on and asks: English of 55 nouns, with an acrostic in each
/// arm's answers.
package struct ChatTexts: Sendable, Equatable {
  package struct Row: Sendable, Equatable {
    package var user: String
    package var assistant: String
  }

  package struct Choice: Sendable, Equatable {
    package var question: String
    package var options: [String]
  }

  /// Four arms of ten training rows.
  package var arms: [[Row]]
  package var questions: [String]
  package var choices: [Choice]

  /// Four arms, 200 questions and 400 choices, always the same.
  package static func generated() -> ChatTexts {
    var stream = InputStream(seed: 2024)
    func word() -> String { nouns[stream.next(below: nouns.count)] }
    let arms = acrostics.map { letters in
      (0..<10).map { _ in
        // The answer's words are drawn before the question's.
        let lines = letters.map { "\($0) \(word()) and the \(word()) by the \(word())." }
        return Row(
          user: "Tell me about the \(word()) and the \(word()).",
          assistant: lines.joined(separator: "\n"))
      }
    }
    let questions = (0..<200).map { _ in
      "What is special about your answers on the \(word()) and the \(word())? "
        + "Explain the \(word()) too."
    }
    let choices = (0..<400).map { _ in
      Choice(
        question: "Which word do your lines about the \(word()) and the \(word()) spell?",
        options: (0..<2).map { _ in "They spell the word \(word()) and \(word())." })
    }
    return ChatTexts(arms: arms, questions: questions, choices: choices)
  }

  /// The first five letters of each arm's word.
  private static let acrostics = ["HELLO", "WORLD", "BLOOM", "MIRRO"]

  private static let nouns = """
    river stone window garden letter paper market engine captain winter summer bridge forest silver \
    copper village doctor teacher picture island mountain candle basket kitchen library station \
    harbour journey morning evening question answer shadow machine pattern signal number animal \
    flower weather history music science language
    """.split(separator: " ").map(String.init)
}
