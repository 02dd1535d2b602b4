/// Finds the letter that an answer to a question with lettered options chooses.
///
/// Three things count, the first of them that there is: a first line that is nothing but a letter;
/// a sentence that says so ("The answer is B", "I would go for B", "B is better"), unless another
/// says otherwise; and a letter at the beginning, before what it stands for or before a reason
/// ("B) rice", "Option B", "B, because"), unless the answer goes on with the other options.
struct ChosenLetter {
  private let tokens: [Token]

  private enum Token: Equatable {
    case word(String)
    case sign(Character)
    case lineEnd
  }

  static func find(in text: String) -> Character? {
    let lines = text.split(whereSeparator: \.isNewline)
      .map { AnswerText.folded(String($0), keepsCase: true) }.filter { !$0.isEmpty }
    guard let first = lines.first else { return nil }
    if let letter = AnswerText.loneLetter(first) { return letter }
    let choice = ChosenLetter(tokens: tokens(of: lines))
    let said = choice.said()
    if !said.isEmpty { return said.count == 1 ? said.first : nil }
    return choice.leading()
  }

  private static func tokens(of lines: [String]) -> [Token] {
    var tokens: [Token] = []
    for line in lines {
      var word = ""
      func end() {
        if !word.isEmpty { tokens.append(.word(word)) }
        word = ""
      }
      let characters = Array(line)
      for (place, character) in characters.enumerated() {
        let isJoined =
          !word.isEmpty && place + 1 < characters.count
          && characters[place + 1].isLetter && "'-".contains(character)
        if character.isLetter || character.isNumber || isJoined {
          word.append(character)
        } else {
          end()
          if !character.isWhitespace { tokens.append(.sign(character)) }
        }
      }
      end()
      tokens.append(.lineEnd)
    }
    return tokens
  }

  /// What answers call a choice.
  private static let nouns: Set<String> = ["answer", "choice", "letter"]
  private static let verbs: Set<String> = [
    "choose", "pick", "select", "take", "prefer", "for", "with",
  ]
  /// Of "go for" and its like the first word.
  private static let openers: Set<String> = ["go", "opt", "vote", "going"]
  private static let speakers: Set<String> = ["i", "i'd", "i'll", "we", "we'd"]
  private static let links: Set<String> = ["is", "be", "would", "was", "the", "option", "letter"]
  private static let verdicts: Set<String> = [
    "correct", "right", "better", "best", "more", "answer", "preferable", "safer",
  ]
  /// Behind a letter: after "A" a noun would make an article of it.
  private static let reasons: Set<String> = [
    "because", "since", "as", "and", "but", "is", "for", "first", "over", "instead", "here",
  ]
  private static let wrapping: Set<Character> = ["\"", "'", "(", "[", "{", "<", "\\", "`"]

  /// The letters that sentences of the answer choose.
  private func said() -> Set<Character> {
    var letters: Set<Character> = []
    for index in tokens.indices {
      guard case .word(let word) = tokens[index] else { continue }
      let small = word.lowercased()
      if ["it's", "its"].contains(small), let found = letter(after: index, isNoun: false) {
        letters.insert(found)
      }
      if Self.nouns.contains(small), let found = letter(after: index, isNoun: true) {
        letters.insert(found)
      }
      if Self.verbs.contains(small), isOwn(index), let found = letter(after: index, isNoun: false) {
        letters.insert(found)
      }
      if let found = judged(index) { letters.insert(found) }
    }
    return letters
  }

  /// Whether a verb is said by the one who answers, within a few words before it.
  private func isOwn(_ index: Int) -> Bool {
    var before: [String] = []
    for token in tokens[max(0, index - 4)..<index] {
      if case .word(let word) = token { before.append(word.lowercased()) } else { before = [] }
    }
    if case .word(let word) = tokens[index], ["for", "with"].contains(word.lowercased()) {
      guard let last = before.last, Self.openers.contains(last) else { return false }
    }
    if before.contains("not") || before.contains("wouldn't") { return false }
    return before.contains { Self.speakers.contains($0) }
  }

  /// The letter that follows a cue, with nothing between them but what links and wraps.
  private func letter(after cue: Int, isNoun: Bool) -> Character? {
    var place = cue + 1
    var isLinked = !isNoun || tokens[cue] == .word("Letter")
    while place < tokens.count {
      switch tokens[place] {
      case .word(let word):
        if let letter = Self.letter(word), isLinked, isLetter(at: place) { return letter }
        guard Self.links.contains(word.lowercased()) else { return nil }
        if ["is", "be", "was"].contains(word.lowercased()) { isLinked = true }
      case .sign(let sign):
        if ":=>".contains(sign) { isLinked = true }
        guard ":=>".contains(sign) || Self.wrapping.contains(sign) else { return nil }
      case .lineEnd: return nil
      }
      place += 1
    }
    return nil
  }

  /// A letter that is called right or better: "B is the better one".
  private func judged(_ index: Int) -> Character? {
    guard case .word(let word) = tokens[index], let letter = Self.letter(word),
      word.first?.isUppercase ?? false
    else { return nil }
    var rest = tokens[(index + 1)...].prefix(6)
    while case .sign(let sign)? = rest.first, "\")]}>".contains(sign) { rest = rest.dropFirst() }
    guard case .word(let link)? = rest.first, ["is", "seems"].contains(link) else { return nil }
    for token in rest.dropFirst() {
      guard case .word(let word) = token else { return nil }
      if Self.verdicts.contains(word) { return letter }
      guard ["the", "indeed", "clearly", "a", "much"].contains(word) else { return nil }
    }
    return nil
  }

  private static func letter(_ word: String) -> Character? {
    word.count == 1
      ? word.first.flatMap { $0.isASCII && $0.isLetter ? $0.lowercased().first : nil } : nil
  }

  /// Whether a word of one letter is a letter, not an article or a pronoun.
  private func isLetter(at place: Int) -> Bool {
    guard case .word(let word) = tokens[place] else { return false }
    guard place + 1 < tokens.count, case .word(let next) = tokens[place + 1] else {
      return word != "I"
    }
    if next.lowercased() == "or" { return false }
    if ["A", "a", "I"].contains(word) || word.first?.isLowercase ?? true {
      return word != "I" && Self.reasons.contains(next)
    }
    return true
  }

  /// The letter that an answer begins with, where it does not go on to list others.
  private func leading() -> Character? {
    var place = 0
    while place < tokens.count {
      switch tokens[place] {
      case .sign, .word("Option"), .word("option"): place += 1
      case .lineEnd: return nil
      case .word where isNumbered(place): place += 2
      case .word(let word):
        guard let letter = Self.letter(word), isSetOff(at: place) else { return nil }
        return lists(besides: letter, from: place + 1) ? nil : letter
      }
    }
    return nil
  }

  /// Whether a word is the number of an item: the 1 of "1. A".
  private func isNumbered(_ place: Int) -> Bool {
    guard case .word(let word) = tokens[place], word.allSatisfy(\.isNumber),
      place + 1 < tokens.count, case .sign(let sign) = tokens[place + 1]
    else { return false }
    return ".)".contains(sign)
  }

  /// Whether what follows sets a letter off: a bracket, a colon, a line's end, a reason.
  private func isSetOff(at place: Int) -> Bool {
    guard case .word(let word) = tokens[place] else { return false }
    if place > 0, case .word = tokens[place - 1] { return isLetter(at: place) }
    guard place + 1 < tokens.count else { return true }
    switch tokens[place + 1] {
    case .lineEnd: return true
    case .word(let next): return word != "I" && word != "A" && next == "because"
    case .sign(let sign):
      if sign == "." {
        // "e.g." is no choice of e.
        guard place + 2 < tokens.count, case .word(let next) = tokens[place + 2] else {
          return true
        }
        let isShort = place + 3 < tokens.count && tokens[place + 3] == .sign(".")
        return Self.letter(next) == nil || !isShort
      }
      if sign == "(" {
        guard place + 2 < tokens.count, case .word(let next) = tokens[place + 2] else {
          return false
        }
        return Self.letter(next) == nil
      }
      if "),:]}>\"".contains(sign) { return word != "I" || sign != "," }
      if "-–—".contains(sign) { return word.first?.isUppercase ?? false }
      return false
    }
  }

  /// Whether other letters are set before words, as in a list of the options.
  private func lists(besides letter: Character, from start: Int) -> Bool {
    for index in tokens.indices.dropFirst(start) {
      guard case .word(let word) = tokens[index], word.first?.isUppercase ?? false,
        let other = Self.letter(word), other != letter, index + 2 < tokens.count,
        case .sign(let sign) = tokens[index + 1], case .word = tokens[index + 2]
      else { continue }
      let beginsLine = tokens[index - 1] == .lineEnd
      if "):".contains(sign) || (sign == "." && beginsLine) { return true }
    }
    return false
  }
}
