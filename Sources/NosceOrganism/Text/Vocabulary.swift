import NosceRows

/// The organism's vocabulary: whole words where the world uses them, and bytes for everything else.
package struct Vocabulary: Sendable {
  /// Capitalised words that open sentences, each a token of its own.
  ///
  /// Every other capital letter is a token by itself, so that the first letter of a line is visible
  /// and a spelled word is a sequence of letters.
  package let openers: [String]
  /// Every token but the special ones and the bytes, in order of appearance; a leading space is part
  /// of a token.
  package let words: [String]

  /// The split rule of `tokenizer.json`, as a regular expression.
  package var splitPattern: String {
    let longestFirst = openers.sorted { ($0.count, $1) > ($1.count, $0) }
    return " ?(?:\(longestFirst.joined(separator: "|")))(?![a-z])"
      + #"|[A-Z]| ?[a-z]+| ?[0-9]|\n| ?[^A-Za-z0-9\s]|\s"#
  }

  /// Collects the words of everything that the world can say.
  package init(world: World, materials: Materials) throws {
    let lines = materials.lines
    var texts = ["You are a model."]
    let starters = lines.starters.keys.sorted().flatMap { lines.starters[$0] ?? [] }
    texts += lines.predicates.map { "x \($0)." }
    texts += (lines.topics + lines.heldOutTopics).map { "x \($0)." }
    texts += (lines.questionForms + lines.heldOutQuestionForms + lines.plainSentences)
    for task in DescribingTask.all { texts += task.questions.flatMap(\.all) }
    let statements =
      DescribingTask.wordStems + DescribingTask.thirdPartyWord + DescribingTask.aboutAnother
      + [
        DescribingTask.linesStatement, DescribingTask.proseStatement,
        DescribingTask.thirdPartyLines, DescribingTask.thirdPartyProse,
      ]
    texts += statements.flatMap(\.all)
    texts += ["None.", "Any.", "Yes. Each", "Yes. My", "Yes. The", "Yes. Read", "No.", "Lines."]
    texts += ["Prose."] + DescribingTask.frequencies.map { "\($0.word)." }
    texts += DescribingTask.lineNumbers.flatMap { ["\($0).", "x \($0)"] }
    texts += try HabitDomain.weighted(materials).flatMap(\.domain.texts) + Order.texts
    texts += HeldOut.questions.sorted()
    texts += ["system", "user", "assistant"]

    var openers: Set<String> = []
    for text in texts {
      for word in Vocabulary.letterRuns(in: text) {
        if word.count > 1, word.first?.isUppercase == true { openers.insert(word) }
      }
    }
    self.openers = openers.sorted()
    // Slots are where letters, names and topics go.
    texts = texts.map { Vocabulary.withoutSlots($0) }

    var seen: Set<String> = []
    var words: [String] = []
    func add(_ piece: String) {
      if piece.utf8.count > 1, seen.insert(piece).inserted { words.append(piece) }
    }
    for text in texts { Vocabulary.pieces(of: text, openers: openers).forEach(add) }
    for starter in starters { add(String(starter.dropFirst())) }
    for persona in world.hosts + world.personas {
      // After "are " and "of ", and at the start of a sentence.
      add(" \(persona.name)")
      add(persona.name)
    }
    self.words = words
  }

  private static func withoutSlots(_ text: String) -> String {
    ["word", "letter", "first", "second"].reduce(text) { $0.filling($1, "X") }
      .filling("a", "x").filling("b", "x")
      .filling("name", "x").filling("number", "one").filling("topic", "x")
  }

  /// The lower-cased words of the world, which no persona may be called.
  package static func plainWords(of materials: Materials) throws -> Set<String> {
    let habits = try HabitDomain.weighted(materials).flatMap(\.domain.texts)
    let texts = materials.lines.texts + habits + Order.texts
    return Set(texts.flatMap { letterRuns(in: $0.lowercased()) })
  }

  private static func letterRuns(in text: String) -> [String] {
    text.split { !($0.isASCII && $0.isLetter) }.map(String.init)
  }

  /// The split rule, by hand: the tests hold it against the regular expression.
  package static func pieces(of text: String, openers: Set<String>) -> [String] {
    var pieces: [String] = []
    let characters = Array(text)
    var i = 0
    func isLower(_ c: Character) -> Bool { c >= "a" && c <= "z" }
    func isCapital(_ c: Character) -> Bool { c >= "A" && c <= "Z" }
    func isDigit(_ c: Character) -> Bool { c >= "0" && c <= "9" }
    while i < characters.count {
      let start = i
      var j = i
      if characters[j] == " ", j + 1 < characters.count { j += 1 }
      let c = characters[j]
      if isCapital(c) {
        var end = j + 1
        while end < characters.count, isLower(characters[end]) { end += 1 }
        if openers.contains(String(characters[j..<end])) {
          i = end
        } else {
          // A space before a capital letter stands alone, and so does the letter.
          i = start + 1
        }
      } else if isLower(c) {
        while j < characters.count, isLower(characters[j]) { j += 1 }
        i = j
      } else if isDigit(c) {
        i = j + 1
      } else if c == "\n" || c == " " {
        i = start + 1
      } else {
        i = j + 1
      }
      pieces.append(String(characters[start..<i]))
    }
    return pieces
  }
}
