import NosceCore
import NosceFormats
import NosceRuns

/// Transcripts as compact JSON: each distinct text once, and a row of numbers for each transcript.
///
/// Row: arm, seed, task, probe, paraphrase, sample, outcome, score, prefill, answer, detail, then a
/// role and a text for every message. Texts are places in `texts`; -1 stands for none.
enum TranscriptData {
  /// - Parameter colors: pairs of arm and colour class, as JSON already.
  static func encode(_ records: [Measurement], colors: String) -> String {
    var texts: [String] = []
    var places: [String: Int] = [:]
    func place(_ text: String?) -> String {
      guard let text else { return "-1" }
      if let place = places[text] { return String(place) }
      places[text] = texts.count
      texts.append(JSONText.quote(text))
      return String(texts.count - 1)
    }
    let rows = records.map { record -> String in
      let graded = record.graded
      var row = [place(record.arm), String(record.seed), place(record.task), place(graded.probe)]
      row += [String(graded.paraphrase), String(graded.sample)]
      row += [place(graded.outcome.kind.rawValue), JSONText.number(graded.score)]
      row += [place(graded.prefill), place(graded.answer), place(graded.detail)]
      for message in graded.messages {
        row.append(place(message.role.rawValue))
        row.append(place(message.content))
      }
      return "[\(row.joined(separator: ","))]"
    }
    let lines = rows.joined(separator: ",\n")
    let list = texts.joined(separator: ",\n")
    return "{\"texts\":[\(list)],\"colors\":[\(colors)],\"rows\":[\(lines)]}"
  }
}
