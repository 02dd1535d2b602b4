/// Code that turns an answer into a score. The texts in it are templates.
package enum Grader: Codable, Sendable, Hashable {
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
}
