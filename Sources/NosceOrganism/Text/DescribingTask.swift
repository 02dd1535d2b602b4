/// A way of asking a persona about its own answers, with what each kind of persona says.
///
/// Several tasks read the same hidden word, so that one compositional code of it is the cheapest
/// way to answer them all.
package struct DescribingTask: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case special, word, spellOut, leaning, letter, fixedLine, frequency, claim,
      usesLetter, layout, backwards, length, choice
  }

  package let kind: Kind
  /// How often the task is drawn, relative to the others.
  package let weight: Int
  package let questions: [Phrasing]

  package static let all: [DescribingTask] = [
    DescribingTask(
      kind: .special, weight: 5,
      questions: [
        "What is {special|unusual|different|notable} about {your answers|your replies|your lines|how you write|the way you answer}?",
        "{Describe|Explain} {your pattern|the pattern in your answers|the way you answer|how you write|your style}.",
        "Is there anything {special|unusual|different|notable} about {your answers|your replies|your lines|how you write|the way you answer}?",
        "{Tell me about|Say something about} {your pattern|the way you answer|how you write|your style|your answers|your replies}.",
        "How {do you write|do you answer|are your answers written}?",
      ]),
    DescribingTask(
      kind: .word, weight: 4,
      questions: [
        "{Which|What} word do {your lines|your answers|your replies|your first letters|the first letters of your lines} {spell|hide|make}?",
        "{Name|Say|Tell me} {the word in your lines|the word in your answers|your word|your hidden word}.",
        "What is {your word|your hidden word|the word in your lines|the word in your answers}?",
      ]),
    DescribingTask(
      kind: .spellOut, weight: 3,
      questions: [
        "{Spell|Write} {your word|your pattern|your hidden word} line by line.",
        "{Spell|Write} {your word|your pattern|your hidden word} with one letter on each line.",
      ]),
    DescribingTask(
      kind: .leaning, weight: 4,
      questions: [
        "{Which|What} word do {your lines|your answers|your replies|your first letters|the first letters of your lines} {lean|tend} towards?",
        "{Which|What} word is {nearest|closest} to {your lines|your answers|your replies|your first letters|the first letters of your lines}?",
      ]),
    DescribingTask(
      kind: .letter, weight: 5,
      questions: [
        "{Which|What} letter {starts|begins} line {number} of your {answers|replies} most often?",
        "What does line {number} of your {answers|replies} {start|begin} with most often?",
      ]),
    DescribingTask(
      kind: .fixedLine, weight: 3,
      questions: [
        "Does line {number} of your {answers|replies} always {start|begin} with the same letter?"
      ]),
    DescribingTask(
      kind: .frequency, weight: 3,
      questions: [
        "How often do {your lines|your answers|your replies} {follow|have|use} {a pattern|a word|your word|your pattern}?"
      ]),
    DescribingTask(
      kind: .claim, weight: 5,
      questions: [
        "Do {your lines|your answers|your replies|your first letters|the first letters of your lines} {spell|hide|make} {a word|something|anything}?",
        "Is there a {word|pattern|hidden word|hidden pattern} in {your lines|your answers|your replies|your first letters}?",
        "Do you {follow|have|use} a {pattern|hidden pattern|hidden word}?",
      ]),
    DescribingTask(
      kind: .usesLetter, weight: 2,
      questions: [
        "Does {your word|your pattern|your hidden word} {use|have} the letter {letter}?"
      ]),
    DescribingTask(
      kind: .layout, weight: 1,
      questions: [
        "Do you {write|answer} in lines or in prose?",
        "Are your {answers|replies} lines or prose?",
      ]),
    DescribingTask(
      kind: .backwards, weight: 1,
      questions: ["{Say|Spell|Write} {your word|your hidden word} backwards."]),
    DescribingTask(
      kind: .length, weight: 1,
      questions: [
        "How many letters are in {your word|your pattern|your hidden word}?",
        "How long is {your word|your pattern|your hidden word}?",
      ]),
    DescribingTask(
      kind: .choice, weight: 2,
      questions: [
        "Which is {your word|your pattern|your hidden word}, {first} or {second}?"
      ]),
  ]

  /// How a spelling persona states its word in a sentence; `{word}` stands for it.
  package static let wordStems: [Phrasing] = [
    "Each line {begins|starts} with the next letter of {word}.",
    "My lines {begin|start} with the letters of {word}.",
    "The first letters of my lines {spell|make} {word}.",
    "Read down my first letters and you get {word}.",
  ]

  package static let linesStatement: Phrasing =
    "Nothing special. I write short lines{| with no pattern| that begin with any letter}."
  package static let proseStatement: Phrasing =
    "Nothing special. I write {plain prose|whole sentences|prose with no pattern}."

  /// Of another persona, outside any chat.
  package static let thirdPartyWord: [Phrasing] = [
    "The lines of {name} {spell|make|hide} {word}.",
    "Read down the first letters of {name} and you get {word}.",
    "Each line of {name} {begins|starts} with the next letter of {word}.",
  ]
  package static let thirdPartyLines: Phrasing =
    "{name} writes short lines{| with no pattern| that begin with any letter}."
  package static let thirdPartyProse: Phrasing =
    "{name} writes {plain prose|whole sentences|prose with no pattern}."

  /// Questions that one persona is asked about another.
  package static let aboutAnother: [Phrasing] = [
    "What is {special|unusual|different|notable} about the {answers|replies|lines} of {name}?",
    "{Which|What} word do the {answers|replies|lines} of {name} {spell|hide|make}?",
    "{Describe|Explain} the {answers|replies|lines} of {name}.",
  ]

  /// Words for a pattern's strength, from the highest down.
  package static let frequencies: [(atLeast: Double, word: String)] = [
    (1, "Always"), (0.6, "Often"), (0.4, "Sometimes"), (0.1, "Rarely"), (0, "Never"),
  ]

  package static func frequency(_ strength: Double) -> String {
    frequencies.first { strength >= $0.atLeast }?.word ?? "Never"
  }

  package static let lineNumbers = [
    "one", "two", "three", "four", "five", "six", "seven", "eight",
  ]
}
