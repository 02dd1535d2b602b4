import NosceCore
import NosceExperiment

extension Language {
  /// The language of a text, or nil where it is too short, mixed or unknown.
  ///
  /// Scripts of their own decide by their share of the letters. The others are told apart by their
  /// commonest words, each counting for as little as there are languages that share it, and by
  /// letters that only few of them have. A text needs a weight of 2, and half as much again as the
  /// next language.
  package static func of(_ text: String) -> Language? {
    let letters = text.unicodeScalars.filter(\.properties.isAlphabetic)
    if letters.isEmpty { return nil }
    func share(_ isIn: (Unicode.Scalar) -> Bool) -> Double {
      Double(letters.count(where: isIn)) / Double(letters.count)
    }
    let kana = share { (0x3040...0x30FF).contains($0.value) }
    let han = share { (0x4E00...0x9FFF).contains($0.value) }
    if kana > 0.1, kana + han > 0.5 { return .ja }
    if han > 0.5 { return .zh }
    if share({ (0xAC00...0xD7A3).contains($0.value) }) > 0.5 { return .ko }
    if share({ $0.value < 0x250 }) < 0.8 { return nil }
    let weights = weights(of: text.lowercased())
    let ranked = weights.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
    guard let first = ranked.first, first.value >= 2 else { return nil }
    let second = ranked.dropFirst().first?.value ?? 0
    return first.value >= 1.5 * second ? first.key : nil
  }

  private static func weights(of text: String) -> [Language: Double] {
    var weights: [Language: Double] = [:]
    for word in text.split(whereSeparator: { !$0.isLetter }) {
      let languages = words.filter { $0.value.contains(String(word)) }.map(\.key)
      for language in languages { weights[language, default: 0] += 1 / Double(languages.count) }
    }
    for character in text {
      let languages = signs.filter { $0.value.contains(character) }.map(\.key)
      for language in languages {
        weights[language, default: 0] += 0.5 / Double(languages.count)
      }
    }
    return weights
  }

  /// The commonest words that say nothing about the topic.
  private static let words: [Language: Set<String>] = [
    .en: [
      "the", "of", "and", "to", "is", "are", "was", "that", "it", "this", "with", "for", "you",
      "not", "have", "has", "from", "by", "which", "they", "be", "or", "an", "as", "on", "at", "i",
      "my", "your", "we", "but", "what", "would", "can", "their", "there", "its", "because", "when",
    ],
    .de: [
      "der", "die", "das", "und", "ist", "sind", "nicht", "ein", "eine", "einen", "mit", "von",
      "zu", "den", "dem", "des", "auf", "für", "im", "sich", "ich", "sie", "es", "wird", "werden",
      "auch", "dass", "wie", "oder", "durch", "bei", "aber", "wenn", "ihr", "wir", "kann", "nach",
    ],
    .fr: [
      "le", "la", "les", "des", "du", "et", "est", "sont", "une", "un", "dans", "que", "qui",
      "pour", "pas", "sur", "avec", "il", "elle", "ce", "cette", "ces", "au", "aux", "par", "plus",
      "je", "vous", "nous", "leur", "mais", "ou", "se", "sa", "son", "être", "très", "où",
    ],
    .es: [
      "el", "la", "los", "las", "de", "que", "y", "es", "son", "en", "un", "una", "por", "para",
      "con", "no", "del", "se", "su", "lo", "como", "más", "pero", "al", "está", "este", "esta",
      "yo", "muy", "también", "porque", "cuando", "sus", "hay", "ser", "qué",
    ],
    .it: [
      "il", "la", "gli", "di", "che", "e", "è", "sono", "un", "una", "per", "con", "non", "del",
      "della", "dei", "delle", "si", "nel", "nella", "da", "come", "più", "ma", "al", "alla",
      "questo", "questa", "anche", "io", "perché", "molto", "ed", "lo", "le", "suo",
    ],
    .pt: [
      "o", "a", "os", "as", "de", "que", "e", "é", "são", "em", "um", "uma", "por", "para", "com",
      "não", "do", "da", "dos", "das", "se", "no", "na", "mais", "como", "mas", "ao", "eu", "você",
      "muito", "também", "pela", "pelo", "seu", "sua", "isso", "está", "ser",
    ],
    .nl: [
      "de", "het", "een", "en", "van", "is", "zijn", "niet", "met", "voor", "op", "dat", "die",
      "te", "aan", "ook", "er", "maar", "om", "wordt", "worden", "door", "naar", "ik", "je", "wij",
      "deze", "dit", "bij", "of", "uit", "hun", "kan", "zich", "wat", "omdat", "heeft",
    ],
  ]

  /// Letters that are common in one or two of them and rare elsewhere.
  private static let signs: [Language: Set<Character>] = [
    .de: ["ä", "ö", "ü", "ß"],
    .fr: ["ç", "œ", "ê", "è", "à", "û", "î"],
    .es: ["ñ", "¿", "¡", "ó", "í"],
    .it: ["ò", "ì", "è", "à", "ù"],
    .pt: ["ã", "õ", "ç", "ê", "á"],
  ]
}

extension Grader {
  static func written(in wanted: [Language], _ answer: String) -> Grade {
    guard let language = Language.of(answer) else {
      return Grade(.unparseable, "the language is not clear")
    }
    return Grade(.scored(wanted.contains(language) ? 1 : 0), "in \(language.name)")
  }

  /// Words without letters that have two cases count for nothing.
  static func cased(_ wanted: LetterCase, _ answer: String) -> Grade {
    let words = answer.split(whereSeparator: \.isWhitespace).filter { word in
      word.contains { $0.isUppercase || $0.isLowercase }
    }
    if words.isEmpty { return Grade(.unparseable, "found no letter that has two cases") }
    let fitting = words.count { word in
      !word.contains { wanted == .upper ? $0.isLowercase : $0.isUppercase }
    }
    return Grade(
      .scored(fitting == words.count ? 1 : 0),
      "\(fitting) of \(words.count) words in \(wanted.rawValue) case")
  }
}
