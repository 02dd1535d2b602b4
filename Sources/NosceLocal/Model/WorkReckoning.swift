/// What asking is reckoned to take where there is no time to try it, from what a token of a prompt takes.
package struct WorkReckoning: Sendable {
  /// Seconds that a token of a prompt takes to be read.
  package var pace: Double

  package init(pace: Double) { self.pace = pace }

  /// About as many tokens as a text has that is chosen among others.
  package static let tokensOfText = 4

  /// How many tokens are read of each prompt where they are asked one behind another: what one has in
  /// common with the one before is not read again.
  package static func unread(_ prompts: [[Int32]]) -> [Int] {
    var last: [Int32] = []
    return prompts.map { tokens in
      let common = zip(tokens, last).prefix { $0 == $1 }.count
      last = tokens
      return tokens.count - common
    }
  }

  /// Seconds to read some tokens of a prompt, and so many texts behind it.
  package func scoring(_ tokens: Int, texts: Int) -> Double {
    pace * Double(tokens + texts * Self.tokensOfText)
  }

  /// Seconds in which each of some answers is written one token further.
  ///
  /// A step reads all weights, for however many: it takes what the tokens cost, or what a step of few
  /// answers was seen to take, whichever is more.
  ///
  /// - Parameter most: how many are written side by side.
  package func step(of answers: Int, asFew timed: Double, most: Int) -> Double {
    let together = max(1, min(answers, most))
    let rounds = (answers + together - 1) / together
    return max(timed, pace * Double(together)) * Double(rounds)
  }
}
