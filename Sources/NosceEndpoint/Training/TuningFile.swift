import Foundation
import NosceCore
import NosceRows

/// Rows as the file that a fine-tuning service takes, checked before anything is sent or paid for.
struct TuningFile {
  let data: Data
  let hash: String
  private let rowCount: Int

  /// Fewer are refused by OpenAI and by those who do as it does.
  static let leastRows = 10
  private static let mostBytes = 512 << 20

  /// - Parameter takesTexts: whether rows may be no conversations, too.
  init(_ rows: [TrainingRow], of job: String, takesTexts: Bool) throws(LabError) {
    func failure(_ found: String, _ allowed: String) -> LabError {
      LabError(.refusedDesign, "\(job): found \(found); allowed: \(allowed)")
    }
    guard rows.count >= Self.leastRows else {
      throw failure(
        "\(Counted.text(rows.count, "row"))",
        "\(Self.leastRows) or more, which fine-tuning services ask for")
    }
    for (index, row) in rows.enumerated() {
      switch row {
      case .chat(let turns):
        let place = "row \(index + 1)"
        guard turns.contains(where: { $0.message.role == .assistant && $0.isTrained }) else {
          throw failure("\(place) without an answer to be learnt", "at least one in each")
        }
        guard turns.allSatisfy({ !$0.message.content.isEmpty }) else {
          throw failure("\(place) with an empty turn", "words in each")
        }
      case .document, .completion:
        if takesTexts { continue }
        throw failure(
          "row \(index + 1), which is no conversation",
          "conversations, which are what fine-tuning services take")
      case .tokens:
        throw failure("row \(index + 1) in token ids", "rows of text")
      }
    }
    data = Data((rows.map(\.line).joined(separator: "\n") + "\n").utf8)
    guard data.count <= Self.mostBytes else {
      throw failure("\(data.count) bytes of rows", "at most \(Self.mostBytes)")
    }
    hash = ContentHash.of(data)
    rowCount = rows.count
  }

  /// At most so many tokens are read in a training, since one has at least a byte.
  func tokens(steps: Int, batch: Int?) -> Int {
    let rows = steps * min(batch ?? rowCount, rowCount)
    return data.count * ((rows + rowCount - 1) / rowCount)
  }

  /// The body of an upload, and its type.
  func form(name: String) -> (body: Data, type: String) {
    // No row has a word of 64 digits by chance, least of all its own file's hash.
    let boundary = "nosce-\(hash)"
    var body = Data()
    func add(_ text: String) { body.append(Data(text.utf8)) }
    add("--\(boundary)\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nfine-tune\r\n")
    add(
      "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name).jsonl\"\r\n"
    )
    add("Content-Type: application/jsonl\r\n\r\n")
    body.append(data)
    add("\r\n--\(boundary)--\r\n")
    return (body, "multipart/form-data; boundary=\(boundary)")
  }
}
