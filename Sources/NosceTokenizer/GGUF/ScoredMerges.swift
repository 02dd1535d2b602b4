import NosceFormats

/// Derives merges from the scores of a SentencePiece vocabulary.
///
/// SentencePiece joins the two neighbours whose joined text is the token with the highest score, of
/// several the leftmost. So a pair's rank is that of the score of what it makes: pairs that make the
/// same token, and tokens with the same score, have one rank, and of one rank the leftmost pair is
/// joined first, here as there.
struct ScoredMerges {
  private let tokens: GGUFTokens
  private let scores: [Double]

  init(_ tokens: GGUFTokens, _ metadata: GGUFMetadata) throws(TokenizerError) {
    let key = GGUFTokens.scoreKey
    let stored = try translated { () throws(CheckpointError) in try metadata.numbers(key) }
    guard let stored else {
      throw TokenizerError(
        file: tokens.file, found: "no \(key), from which the order of merges would follow",
        allowed: "a score for each token")
    }
    try GGUFTokens.check(stored.count, key, tokens: tokens.count, tokens.file)
    if let index = stored.firstIndex(where: { !$0.isFinite }) {
      throw TokenizerError(
        file: tokens.file, found: "\(key)[\(index)] = \(stored[index])", allowed: "finite numbers")
    }
    self.tokens = tokens
    scores = stored
  }

  private struct Pair {
    let left: Int32
    let right: Int32
    let result: Int32
  }

  /// All merges. Control tokens, bytes and the unknown are never made of text, as in SentencePiece.
  func list() throws(TokenizerError) -> MergeList {
    let pairs = try pairs()
    let ranks = try ranks(of: pairs)
    var list = MergeList(capacity: pairs.count)
    for pair in pairs {
      list.append(pair.left, pair.right, rank: ranks[Int(pair.result)], result: pair.result)
    }
    return list
  }

  private func isMade(_ id: Int32) -> Bool {
    switch tokens.kinds[Int(id)] {
    case .normal, .userDefined, .unused, .undefined: true
    case .control, .unknown, .byte: false
    }
  }

  /// The ways to make each token of two others.
  private func pairs() throws(TokenizerError) -> [Pair] {
    var pairs: [Pair] = []
    pairs.reserveCapacity(tokens.count * 2)
    var unmade: (token: Int32, character: String)?
    tokens.vocabulary.forEach { id, content in
      guard isMade(id) else { return }
      var place = content.isEmpty ? 0 : content.scalar(at: 0).length
      while place < content.count {
        let length = content.scalar(at: place).length
        let left = UnsafeBufferPointer(rebasing: content[..<place])
        let right = UnsafeBufferPointer(rebasing: content[place...])
        if let first = part(left) {
          if let second = part(right) {
            pairs.append(Pair(left: first, right: second, result: id))
          } else if right.count == length, unmade == nil, tokens.kinds[Int(id)] == .normal {
            unmade = (id, String(decoding: right, as: UTF8.self))
          }
        } else if left.scalar(at: 0).length == left.count, unmade == nil,
          tokens.kinds[Int(id)] == .normal, part(right) != nil || right.count == length
        {
          unmade = (id, String(decoding: left, as: UTF8.self))
        }
        place += length
      }
    }
    if let unmade {
      throw TokenizerError(
        file: tokens.file,
        found: "the token \"\(tokens.content(of: unmade.token))\", but none for its character "
          + "\"\(unmade.character)\"",
        allowed: "tokens whose characters are tokens, so that merges can be derived")
    }
    return pairs
  }

  /// The token that a part of another is, if it stands by itself somewhere: a character, or what was
  /// made before.
  private func part(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32? {
    guard let id = tokens.vocabulary.id(ofUTF8: bytes) else { return nil }
    return isMade(id) || bytes.scalar(at: 0).length == bytes.count ? id : nil
  }

  private func ranks(of pairs: [Pair]) throws(TokenizerError) -> [Int32] {
    var made = [Bool](repeating: false, count: tokens.count)
    for pair in pairs { made[Int(pair.result)] = true }
    let results = made.indices.filter { made[$0] }.sorted { scores[$0] > scores[$1] }
    var ranks = [Int32](repeating: 0, count: tokens.count)
    var rank: Int32 = 0
    for (index, id) in results.enumerated() {
      if index > 0, scores[id] != scores[results[index - 1]] { rank += 1 }
      ranks[id] = rank
    }
    guard rank > 0 || results.count < 2 else {
      throw TokenizerError(
        file: tokens.file,
        found: "\(GGUFTokens.scoreKey) that are all \(scores[results[0]]), which is no order",
        allowed: "the scores of a SentencePiece model")
    }
    return ranks
  }
}
