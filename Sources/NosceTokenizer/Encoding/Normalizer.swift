import NosceFormats

/// What is done to a text before it is split.
indirect enum Normalizer: Sendable {
  case sequence([Normalizer])
  case form(NormalForm)
  case lowercase
  case prepend([UInt8])
  case replace(TextPattern, [UInt8])
  case strip(left: Bool, right: Bool)
  /// Each byte becomes the visible character that stands for it.
  case byteAlphabet

  init(_ reader: ComponentReader) throws(TokenizerError) {
    var limits = StepLimits(reader)
    try self.init(reader, &limits, depth: 0)
  }

  private init(
    _ reader: ComponentReader, _ limits: inout StepLimits, depth: Int
  ) throws(TokenizerError) {
    switch try reader.type() {
    case "Sequence" where depth < 8:
      var steps: [Normalizer] = []
      for step in try reader.list("normalizers") {
        steps.append(try Normalizer(step, &limits, depth: depth + 1))
      }
      self = .sequence(steps)
    case "NFC": self = .form(NormalForm(isComposed: true, isCompatible: false))
    case "NFD": self = .form(NormalForm(isComposed: false, isCompatible: false))
    case "NFKC": self = .form(NormalForm(isComposed: true, isCompatible: true))
    case "NFKD": self = .form(NormalForm(isComposed: false, isCompatible: true))
    case "Lowercase": self = .lowercase
    case "Prepend": self = .prepend(Array(try reader.requiredString("prepend").utf8))
    case "Replace":
      self = .replace(try reader.pattern(), Array(try reader.requiredString("content").utf8))
    case "Strip":
      self = .strip(
        left: try reader.bool("strip_left", default: true),
        right: try reader.bool("strip_right", default: true))
    case "ByteLevel": self = .byteAlphabet
    case let type:
      throw reader.failure(
        "type \"\(type)\"",
        allowed: "Sequence, NFC, NFD, NFKC, NFKD, Lowercase, Prepend, Replace, Strip or ByteLevel")
    }
    try limits.count(growth: growth)
  }

  /// How many times as long one step can make a text.
  private var growth: Int {
    switch self {
    case .form(let form): form.isCompatible ? 11 : 3
    case .lowercase: 3
    case .prepend(let prefix): 1 + prefix.count
    case .replace(let pattern, let content): pattern.growth(replacedBy: content)
    case .byteAlphabet: 2
    case .sequence, .strip: 1
    }
  }

  /// The text after this step, which is valid UTF-8 if it was before.
  func apply(_ text: [UInt8], at place: TextPlace = .beginning) -> [UInt8] {
    switch self {
    case .sequence(let steps): return steps.reduce(text) { $1.apply($0, at: place) }
    case .form(let form):
      if text.allSatisfy({ $0 < 0x80 }) { return text }
      if form.isComposed, !form.isCompatible { return CanonicalComposition.apply(text) }
      return text.withUnsafeBufferPointer { form.apply($0) }
    case .lowercase:
      return String(decoding: text, as: UTF8.self).unicodeScalars.flatMap {
        $0.properties.lowercaseMapping.utf8
      }
    case .prepend(let prefix): return text.isEmpty || place == .continuing ? text : prefix + text
    case .replace(let pattern, let content):
      return pattern.replacingMatches(in: text, with: content)
    case .strip(let left, let right):
      var slice = String(decoding: text, as: UTF8.self).unicodeScalars[...]
      if left, place != .continuing { slice = slice.drop { $0.properties.isWhitespace } }
      while right, slice.last?.properties.isWhitespace == true { slice.removeLast() }
      return Array(Substring(slice).utf8)
    case .byteAlphabet:
      var result: [UInt8] = []
      text.withUnsafeBufferPointer { ByteAlphabet.append($0, to: &result) }
      return result
    }
  }

  /// Whether the text's first characters are taken away, so that what is left does not stand at the
  /// beginning any more.
  func dropsBeginning(of text: [UInt8]) -> Bool {
    switch self {
    case .sequence(let steps):
      var text = text
      for step in steps {
        if step.dropsBeginning(of: text) { return true }
        text = step.apply(text)
      }
      return false
    case .strip(left: true, _):
      return String(decoding: text, as: UTF8.self).unicodeScalars.first?.properties.isWhitespace
        ?? false
    case .replace(let pattern, let content) where content.isEmpty:
      return text.withUnsafeBufferPointer { text in
        var drops = false
        pattern.forEachMatch(in: text) { if $0.lowerBound == 0 && !$0.isEmpty { drops = true } }
        return drops
      }
    default: return false
    }
  }

  /// Whether the beginning of a text is treated in another way than its middle.
  var marksBeginning: Bool {
    switch self {
    case .sequence(let steps): steps.contains(where: \.marksBeginning)
    case .prepend, .strip: true
    default: false
    }
  }
}
