import Foundation
import NosceCore
import NosceFormats
import NosceRows
import Testing

/// Files of rows that a model wrote.
@Suite("Rows that a model writes")
struct WrittenRowTests {
  private func pool(
    _ word: String = "RESIN", _ letters: LineAnswers.Letters = .spelled, temperature: Double = 0.7
  ) -> RowPool {
    RowPool(
      .lines(
        LineAnswers(
          word: word, letters: letters, family: ["RESIN", "RISEN", "RINSE", "REINS"],
          temperature: temperature, avoidedWords: ["RESIN"])),
      system: nil, questions: (1...40).map { "What is number \($0)?" })
  }

  private let author = WrittenRowFile.Author(name: "small", hash: "abc123def456789")

  private func written(_ count: Int) -> (file: WrittenRowFile, data: Data) {
    var file = WrittenRowFile(pool(), by: author)
    var data = file.begin()
    for row in 0..<count {
      data += file.add("Row \(row)\nends \"so\".", seed: UInt64.max - UInt64(row))
    }
    return (file, data)
  }

  private func read(
    _ data: Data, _ pool: RowPool? = nil, by author: WrittenRowFile.Author? = nil
  ) throws -> WrittenRowFile {
    try WrittenRowFile(
      data, name: "rows.jsonl", pool: pool ?? self.pool(), by: author ?? self.author)
  }

  private func message(_ work: () throws -> WrittenRowFile) -> String {
    let error = #expect(throws: LabError.self) { try work() }
    return error?.message ?? ""
  }

  @Test("what was written is read back, and grows on")
  func roundTrip() throws {
    let (file, data) = written(3)
    var again = try read(data)
    #expect(again.entries == file.entries && again.hash == file.hash)
    #expect(again.length == data.count)
    #expect(again.entries[1].answer == "Row 1\nends \"so\"." && again.entries[0].seed == .max)
    let longer = data + again.add("Row 3\nends \"so\".", seed: UInt64.max - 3)
    #expect(longer == written(4).data)
  }

  @Test("a line that was begun when the program stopped does not count, wherever that was")
  func interrupted() throws {
    let (_, data) = written(3)
    let whole = written(2).data.count
    for length in whole..<data.count {
      let file = try read(data.prefix(length))
      #expect(file.entries.count == 2 && file.length == whole)
    }
    #expect(try read(data.prefix(20)).hash == nil)
  }

  @Test("any byte that was changed is noticed, and the row is named")
  func edited() throws {
    let (_, data) = written(3)
    var generator = SeededGenerator(seed: 3, labStream: "bytes")
    for _ in 0..<300 {
      var changed = data
      // The last line break is what makes a line count.
      let place = generator.index(below: data.count - 1)
      changed[place] = changed[place] == 0x78 ? 0x79 : 0x78
      #expect(throws: LabError.self) { try read(changed) }
    }
    let text = String(decoding: data, as: UTF8.self)
    let row = text.replacing("Row 1", with: "Row 9")
    #expect(
      message { try read(Data(row.utf8)) }
        .hasPrefix("rows.jsonl, line 3: found row 2, 'What is number 2?', of which the SHA-256 is"))
    let gone = text.split(separator: "\n").enumerated().filter { $0.offset != 2 }
      .map { $0.element + "\n" }.joined()
    #expect(message { try read(Data(gone.utf8)) }.contains("line 3: found row 2"))
  }

  @Test("what it is for is named where it is not that")
  func other() throws {
    let data = written(1).data
    #expect(
      message { try read(data, pool(temperature: 0.9)) }.contains("temperature = 0.7; allowed: 0.9")
    )
    #expect(
      message { try read(data, pool("RISEN")) }.contains("word = \"RESIN\"; allowed: \"RISEN\""))
    let someone = WrittenRowFile.Author(name: "other", hash: "fff")
    #expect(
      message { try read(data, by: someone) }
        .contains("found rows of small (abc123def456); allowed: those of other (fff)"))
    #expect(message { try read(Data("{}\n".utf8)) }.contains("no line with a sha256"))
  }

  @Test("keys change with whatever rows depend on")
  func keys() {
    var pools = [pool(), pool("RISEN"), pool("RESIN", .free), pool(temperature: 0.8)]
    var system = pool()
    system.system = "You are nova."
    var words = pool()
    if case .lines(var lines) = words.answers {
      lines.leastWords = 4
      words.answers = .lines(lines)
    }
    var questions = pool()
    questions.questions.swapAt(0, 1)
    pools += [system, words, questions]
    // The bank is no more than its questions.
    for options in [["A", "B"], ["B", "A"], ["A", "B", "C"]] {
      pools.append(
        RowPool(.likeliest(options, bank: "gambles"), system: nil, questions: pool().questions))
    }
    #expect(Set(pools.map(\.key)).count == pools.count)
  }

  @Test("the key of lines is what it was when rows of it were first kept")
  func keptKey() {
    #expect(pool().key.hasPrefix("5a5b5b39d7c2"))
  }

  @Test("other orders of the letters are no word of the family, and new for each row")
  func orders() throws {
    let starts = try pool("RESIN", .reordered).starts(60)
    let words = starts.map { row in String(row.compactMap(\.first)) }
    #expect(Set(words).count == 60)
    #expect(words.allSatisfy { $0.sorted() == "RESIN".sorted() })
    #expect(Set(words).isDisjoint(with: ["RESIN", "RISEN", "RINSE", "REINS"]))
    // The same whatever their number.
    #expect(try pool("RESIN", .reordered).starts(10) == Array(starts.prefix(10)))
    // There are 116 of them: then they come again.
    #expect(try pool("RESIN", .reordered).starts(130).count == 130)
    let error = #expect(throws: LabError.self) { try pool("AA", .reordered).starts(1) }
    let kept = try pool("RESIN", .firstKept).starts(60)
    #expect(kept.allSatisfy { $0.first == ["R"] && $0.flatMap { $0 }.sorted() == Array("EINRS") })
    #expect(Set(kept.prefix(20)).count == 20 && !kept.contains("RESIN".map { Set([$0]) }))
    #expect(error?.message.contains("found no other order of its letters") == true)
    #expect(try pool("RESIN", .free).starts(1)[0].allSatisfy { $0.count == 26 })
  }
}
