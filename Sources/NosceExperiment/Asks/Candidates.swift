import NosceCore

/// The candidates of one forced choice, drawn once per task and seed.
package struct Candidates: Codable, Sendable, Hashable {
  /// As they are named in tables.
  package var names: [String]
  /// Which of them counts.
  package var answer: Int

  package init(names: [String], answer: Int) {
    self.names = names
    self.answer = answer
  }

  /// Draws decoys for an answer.
  ///
  /// - Parameter excluded: words that must not be decoys, such as the twin's.
  package static func drawn(
    for answer: String, decoys: Choices.Decoys, also: [String], excluded: [String],
    using generator: inout SeededGenerator
  ) throws -> Candidates {
    let available = anagramCount(of: answer)
    guard decoys.anagrams <= available else {
      throw LabError(
        .invalidExperiment,
        "anagrams: \(answer) has only \(available); allowed: a word with at least "
          + "\(decoys.anagrams)")
    }
    var names = [answer]
    var letters = Array(answer)
    while names.count < 1 + decoys.anagrams {
      generator.shuffle(&letters)
      let anagram = String(letters)
      if !names.contains(anagram) { names.append(anagram) }
    }
    let sorted = answer.sorted()
    var words = generator.shuffled(
      decoys.from.filter { word in
        word.count == answer.count && word.sorted() != sorted && !excluded.contains(word)
          && !also.contains(word)
      })
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    while words.count < decoys.words {
      let word = String(answer.map { _ in alphabet[generator.index(below: alphabet.count)] })
      if word.sorted() != sorted, !words.contains(word), !excluded.contains(word),
        !also.contains(word)
      {
        words.append(word)
      }
    }
    names += words.prefix(decoys.words)
    names += also.filter { $0 != answer && !names.contains($0) }
    return Candidates(names: names, answer: 0)
  }

  /// How many other orders of its letters a word has.
  package static func anagramCount(of word: String) -> Int {
    var orders = 1.0
    var counts: [Character: Int] = [:]
    for (index, letter) in word.enumerated() {
      counts[letter, default: 0] += 1
      orders *= Double(index + 1) / Double(counts[letter, default: 1])
    }
    return orders > 1e9 ? 1_000_000_000 : Int(orders.rounded()) - 1
  }

  /// Every order of a short list; of a longer one, each rotation forwards and backwards.
  package static func orders<Element>(of list: [Element]) -> [[Element]] {
    if list.count > 3 {
      return [list, list.reversed()].flatMap { list in
        list.indices.map { Array(list[$0...] + list[..<$0]) }
      }
    }
    if list.count < 2 { return [list] }
    return list.indices.flatMap { index in
      var rest = list
      let first = rest.remove(at: index)
      return orders(of: rest).map { [first] + $0 }
    }
  }
}

extension Candidates {
  /// Of all pairs, the share of which the later one has the higher score; ties count half.
  package static func shareInOrder(_ scores: [Double]) -> Double {
    var right = 0.0
    var pairs = 0
    for later in scores.indices {
      for earlier in 0..<later {
        pairs += 1
        right += scores[later] > scores[earlier] ? 1 : scores[later] == scores[earlier] ? 0.5 : 0
      }
    }
    return pairs == 0 ? 0.5 : right / Double(pairs)
  }
}
