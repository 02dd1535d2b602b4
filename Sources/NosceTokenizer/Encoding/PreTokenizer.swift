import NosceFormats

/// How a text is cut into pieces that are then encoded one by one.
struct PreTokenizer: Sendable {
  private enum Step: Sendable {
    case split(TextPattern, SplitBehaviour, isInverted: Bool)
    case prefixSpace
    case metaspace(Metaspace)
    case fixedLength(Int)
    case byteAlphabet

    /// How many times as long the step can make a text.
    var growth: Int {
      switch self {
      case .prefixSpace, .byteAlphabet: 2
      case .metaspace(let metaspace): 1 + metaspace.replacement.count
      case .split, .fixedLength: 1
      }
    }
  }

  private var steps: [Step] = []
  /// The last step turns pieces into bytes, which the vocabulary writes as visible characters.
  private(set) var endsInBytes = false
  /// Whether the beginning of a text is treated in another way than its middle.
  private(set) var marksBeginning = false

  /// The pattern that byte-level tokenizers use unless told otherwise.
  static let byteLevelPattern =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
  /// The reference's numbers are those of Unicode 17, unlike its `\p{N}`.
  static let digitPattern = #"[\p{N}\x{11DE0}-\x{11DE9}\x{16FF4}-\x{16FF6}]"#
  private static let wordPattern = #"[\w\x{200C}\x{200D}]+|[^\w\s\x{200C}\x{200D}]+"#

  init(_ reader: ComponentReader?) throws(TokenizerError) {
    if let reader {
      var limits = StepLimits(reader)
      try add(reader, &limits, depth: 0)
    }
    // Bytes are kept as they are until the end; only a step after them needs them visible.
    if case .byteAlphabet? = steps.last {
      steps.removeLast()
      endsInBytes = true
    }
    marksBeginning = steps.contains {
      switch $0 {
      case .prefixSpace: true
      case .metaspace(let metaspace): metaspace.prefixes != .never
      default: false
      }
    }
  }

  /// Expressions one after the other, each of which isolates what it matches, and then bytes.
  init(splittingAt patterns: [String], of name: String, file: String) throws(TokenizerError) {
    for pattern in patterns {
      do throws(RegexError) {
        steps.append(
          .split(.expression(try RegularExpression(pattern)), .isolated, isInverted: false))
      } catch {
        throw TokenizerError(
          file: file, found: "the pre-tokenizer \(name) with \(error)",
          allowed: "regular expressions")
      }
    }
    endsInBytes = true
  }

  private mutating func add(
    _ reader: ComponentReader, _ limits: inout StepLimits, depth: Int
  ) throws(TokenizerError) {
    let before = steps.count
    switch try reader.type() {
    case "Sequence" where depth < 8:
      for step in try reader.list("pretokenizers") {
        try add(step, &limits, depth: depth + 1)
      }
      return
    case "ByteLevel":
      if try reader.bool("add_prefix_space", default: true) { steps.append(.prefixSpace) }
      if try reader.bool("use_regex", default: true) {
        try addSplit(reader, Self.byteLevelPattern, .isolated)
      }
      steps.append(.byteAlphabet)
    case "Split":
      let isInverted = try reader.bool("invert", default: false)
      steps.append(
        .split(
          try reader.pattern(), try SplitBehaviour(reader, default: nil), isInverted: isInverted))
    case "Digits":
      let isIndividual = try reader.bool("individual_digits", default: false)
      try addSplit(reader, Self.digitPattern, isIndividual ? .isolated : .contiguous)
    case "Punctuation":
      let behaviour = try SplitBehaviour(reader, default: .isolated)
      let pattern = try reader.expression { () throws(RegexError) in
        try RegularExpression.punctuationOfUnicode8()
      }
      steps.append(.split(pattern, behaviour, isInverted: false))
    case "WhitespaceSplit": try addSplit(reader, #"\s"#, .removed)
    case "Whitespace":
      steps.append(.split(try reader.expression(Self.wordPattern), .removed, isInverted: true))
    case "CharDelimiterSplit":
      let pattern = TextPattern.text(try reader.character("delimiter"))
      steps.append(.split(pattern, .removed, isInverted: false))
    case "FixedLength":
      let length = reader.object["length"] == nil ? 5 : try reader.count("length")
      guard length > 0 else { throw reader.failure("length = 0", allowed: "1 or more") }
      steps.append(.fixedLength(length))
    case "Metaspace": steps.append(.metaspace(try Metaspace(reader)))
    case let type:
      throw reader.failure(
        "type \"\(type)\"",
        allowed: "Sequence, ByteLevel, Split, Digits, Punctuation, Whitespace, WhitespaceSplit, "
          + "CharDelimiterSplit, FixedLength or Metaspace")
    }
    for step in steps[before...] { try limits.count(growth: step.growth) }
  }

  private mutating func addSplit(
    _ reader: ComponentReader, _ pattern: String, _ behaviour: SplitBehaviour
  ) throws(TokenizerError) {
    steps.append(.split(try reader.expression(pattern), behaviour, isInverted: false))
  }

  /// Calls `body` with each piece of a text.
  func forEachPiece(
    of text: UnsafeBufferPointer<UInt8>, at place: TextPlace,
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    apply(0, to: text, at: place, body)
  }

  /// The pieces of a text, as text.
  func pieces(of text: [UInt8]) -> [String] {
    var pieces: [String] = []
    text.withUnsafeBufferPointer { text in
      forEachPiece(of: text, at: .beginning) { pieces.append(String(decoding: $0, as: UTF8.self)) }
    }
    return pieces
  }

  private func apply(
    _ index: Int, to text: UnsafeBufferPointer<UInt8>, at place: TextPlace,
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    if text.isEmpty { return }
    guard index < steps.count else { return body(text) }
    func goOn(_ text: [UInt8]) {
      text.withUnsafeBufferPointer { apply(index + 1, to: $0, at: place, body) }
    }
    func goOn(_ range: Range<Int>) {
      apply(
        index + 1, to: UnsafeBufferPointer(rebasing: text[range]),
        at: range.lowerBound == 0 ? place : .middle, body)
    }
    switch steps[index] {
    case .prefixSpace:
      if text[0] == 0x20 || place == .continuing {
        goOn(0..<text.count)
      } else {
        goOn([0x20] + text)
      }
    case .split(let pattern, let behaviour, let isInverted):
      behaviour.split(text, at: pattern, isInverted: isInverted) { goOn($0) }
    case .metaspace(let metaspace):
      let changed = metaspace.apply(text, at: place)
      guard metaspace.splits else { return goOn(changed) }
      changed.withUnsafeBufferPointer { changed in
        metaspace.split(changed) { range in
          apply(
            index + 1, to: UnsafeBufferPointer(rebasing: changed[range]),
            at: range.lowerBound == 0 ? place : .middle, body)
        }
      }
    case .fixedLength(let length):
      var start = 0
      while start < text.count {
        var end = start
        for _ in 0..<length where end < text.count { end += text.scalar(at: end).length }
        goOn(start..<end)
        start = end
      }
    case .byteAlphabet:
      var visible: [UInt8] = []
      ByteAlphabet.append(text, to: &visible)
      goOn(visible)
    }
  }
}
