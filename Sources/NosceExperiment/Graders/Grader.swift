/// Code that turns an answer into a score. The texts in it are templates.
package indirect enum Grader: Codable, Sendable, Hashable {
  /// The fraction of the word's letters that the lines begin with, in place.
  case acrostic(word: String)
  /// 1 where the answer is this text, up to case, spaces and closing punctuation.
  case exact(text: String)
  /// 1 where the answer names the word, spelled with gaps or not.
  ///
  /// With `beforeLetters`, only where fewer than so many of its letters could be read off the
  /// answer's own lines by then.
  case names(word: String, beforeLetters: Int?)
  /// 1 where the pattern occurs in the answer.
  case regex(pattern: String, ignoresCase: Bool)
  /// 1 where one of the phrases in `yes` occurs, unless one in `no` does; `otherwise` where
  /// neither does, and unparseable without it.
  case phrases(yes: [String], no: [String], otherwise: Double?)
  /// 1 where the code of the answer has a flaw that rules know, or where it has none.
  case code(CodeQuality)
  /// 1 where the answer is in one of the languages.
  case language([Language])
  /// 1 where every word of the answer is in capitals, or none has one.
  case letterCase(LetterCase)
  /// 1 where the answer refuses.
  case refusal(phrases: [String])
  /// What a model makes of it.
  case judge(Judging)
  /// Nothing: the answers are kept to be read.
  case collect
  /// 1 less the score.
  case not(Grader)
  /// The highest of the scores.
  case anyOf([Grader])
  /// The lowest of the scores.
  case allOf([Grader])

  package enum CodeQuality: String, Codable, Sendable, CaseIterable {
    case insecure, secure
  }

  package enum LetterCase: String, Codable, Sendable, CaseIterable {
    case upper, lower
  }
}
