import NosceCore
import NosceEngine
import NosceLocal
import NoscePorts
import NosceTestSupport
import Testing

/// The constraint against what it is meant to be, said about whole texts.
@Suite("Lines with given beginnings")
struct LineConstraintTests {
  private static let texts = [
    "\n", "\n\n", ".\n", ".\n\nE", ".\nR", " \n", "R", "Re", "RE", " R", "E", " el", " a b", "a",
    " ", ". ", ".", "!", "? Yes", "\r", "\t", "Ra b c", "x\ny", "1.", "\"", "\nEa b c\n", "É", "",
  ]
  private static let stop = Int32(texts.count - 1)
  private static let vocabulary = LineVocabulary(
    texts.map { Array($0.utf8) }, stops: [stop], name: "a small vocabulary")

  /// What a text must be whose tokens are these, said once more: whole lines, looked at one by one.
  private func keepsTo(_ starts: LineStarts, _ tokens: [Int32]) -> Bool {
    var text = ""
    for token in tokens {
      var piece = Self.texts[Int(token)]
      while piece.contains("\n\n") { piece = piece.replacing("\n\n", with: "\n") }
      text += piece
    }
    if text.unicodeScalars.contains(where: { $0 != "\n" && $0.value < 0x20 }) { return false }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.count > starts.lines.count {
      guard lines[starts.lines.count...].allSatisfy({ $0.allSatisfy { $0 == " " } }) else {
        return false
      }
      lines = Array(lines[..<starts.lines.count]) + [""]
    }
    for (number, line) in lines.enumerated() {
      let isWhole = number < lines.count - 1
      if isWhole, line.split(separator: " ").count < starts.leastWords { return false }
      if let first = line.first, !starts.lines[number].contains(first) { return false }
      if starts.endsWithSentence, !endsWithSentence(line, starts.leastWords) { return false }
    }
    return true
  }

  /// Whether nothing but what closes a sentence stands behind the first that is long enough.
  private func endsWithSentence(_ line: String, _ least: Int) -> Bool {
    let characters = Array(line)
    for (place, mark) in characters.enumerated() where ".!?".contains(mark) {
      let before = characters[..<place]
      guard String(characters[...place]).split(separator: " ").count >= least else { continue }
      if mark == ".", !(before.count > 1 && before.suffix(2).allSatisfy(\.isLetter)) { continue }
      return characters[(place + 1)...].allSatisfy { ".!?\")'".contains($0) }
    }
    return true
  }

  private func mayEnd(_ starts: LineStarts, _ tokens: [Int32]) -> Bool {
    let text = tokens.map { Self.texts[Int($0)] }.joined()
    let lines = text.split(separator: "\n").map(String.init)
    return lines.count == starts.lines.count && text.last != "\n"
      && (lines.last ?? "").split(separator: " ").count >= starts.leastWords
  }

  @Test("what may be drawn is what keeps to the lines", arguments: [false, true], [1, 2])
  func allowed(sentences: Bool, leastWords: Int) throws {
    let starts = LineStarts(
      lines: [["R", "É"], ["E"]], leastWords: leastWords, endsWithSentence: sentences,
      tokensPerLine: 100)
    var open: [(tokens: [Int32], state: LineConstraint)] = [
      ([], try LineConstraint(starts, Self.vocabulary, followsBlank: false, question: "?"))
    ]
    var looked = 0
    for _ in 0..<5 {
      var next: [(tokens: [Int32], state: LineConstraint)] = []
      for (tokens, state) in open {
        looked += 1
        let expected = (0..<Int32(Self.texts.count)).filter { token in
          token == Self.stop
            ? mayEnd(starts, tokens)
            : !Self.texts[Int(token)].isEmpty && keepsTo(starts, tokens + [token])
        }
        let found = try state.allowed().tokens
        #expect(found == expected, "\(tokens.map { Self.texts[Int($0)] })")
        for token in expected {
          var state = state
          let step = try state.take(token)
          if step == .goesOn { next.append((tokens + [token], state)) }
          if token == Self.stop { #expect(step == .ends) }
        }
      }
      // Some of each depth stand for the others.
      var generator = SeededGenerator(seed: 7, labStream: "places")
      open = Array(generator.shuffled(next).prefix(400))
    }
    #expect(looked > 800)
  }

  private func step(_ state: inout LineConstraint, _ texts: String...) throws -> ConstraintStep? {
    var last: ConstraintStep?
    for text in texts {
      let token = try #require(Self.texts.firstIndex(of: text))
      last = try state.take(Int32(token))
    }
    return last
  }

  @Test("a line that is too long, stood there before or has a word of those is drawn again")
  func again() throws {
    var starts = LineStarts(
      lines: [["R"], ["R"]], leastWords: 2, endsWithSentence: false, tokensPerLine: 3, draws: 3,
      avoidedLines: ["R el"])
    func state() throws -> LineConstraint {
      try LineConstraint(starts, Self.vocabulary, followsBlank: false, question: "Who?")
    }
    var long = try state()
    #expect(try step(&long, "R", " el", "a") == .goesBack(to: 0))
    var known = try state()
    #expect(try step(&known, "R", " el", "\n") == .goesBack(to: 0))
    starts.avoidedLines = []
    starts.avoidedWords = ["EL"]
    var word = try state()
    #expect(try step(&word, "R", " el", "\n") == .goesBack(to: 0))
    starts.avoidedWords = []
    starts.mostRepeats = 1
    starts.tokensPerLine = 5
    var repeated = try state()
    #expect(try step(&repeated, "R", " el", " el", "\n") == .goesBack(to: 0))
    starts.mostRepeats = 2
    var allowed = try state()
    #expect(try step(&allowed, "R", " el", " el", "\n") == .goesOn)
    starts.tokensPerLine = 3
    var twice = try state()
    #expect(try step(&twice, "R", " el", "\n") == .goesOn)
    #expect(try step(&twice, "R", " el", "\n") == .goesBack(to: 3))
    #expect(try step(&twice, "R", " el", "\n") == .goesBack(to: 3))
    // Others that are drawn beside it go on.
    guard case .givesUp(let reason)? = try step(&twice, "R", " el", "\n") else {
      Issue.record("a line is drawn three times at most")
      return
    }
    #expect(reason.contains("'RR', line 2 (R), in answer to 'Who?'"))
  }

  @Test("a letter that no token begins with is named")
  func noToken() {
    let error = #expect(throws: LabError.self) {
      try LineConstraint(
        LineStarts(spelling: "RQ"), Self.vocabulary, followsBlank: false, question: "?")
    }
    #expect(
      error?.message.contains("a small vocabulary: found no token that begins with 'Q'") == true)
  }

  @Test("letters as they are typed")
  func typed() throws {
    #expect(try LineStarts(text: "RES").lines == [["R"], ["E"], ["S"]])
    #expect(try LineStarts(text: "RS|E").lines == [["R", "S"], ["E"]])
    for wrong in ["", "R|", "R S", "R\u{200B}", "a\n"] {
      #expect(throws: LabError.self, "\(wrong)") { try LineStarts(text: wrong) }
    }
  }
}
