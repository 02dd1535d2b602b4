import NosceCore
import NosceFormats
import NosceRuns
import NosceText
import NosceVerdicts

extension ReportPage {
  /// One transcript of each probe for the treatment and for its hardest floor, readable on paper.
  func examplesSection() -> Section? {
    guard let treatment = index.treatment, !transcripts.isEmpty else { return nil }
    let parts = index.probes.compactMap { probe -> Markup? in
      let floor = index.hardestFloor(of: probe.name)?.arm
      let shown = [treatment, floor].compactMap { $0 }.compactMap { arm in
        transcripts.first {
          $0.arm == arm && $0.graded.probe == probe.name
            && $0.graded.outcome.kind == .scored
        }
          ?? transcripts.first { $0.arm == arm && $0.graded.probe == probe.name }
      }
      guard !shown.isEmpty else { return nil }
      return """
        <h3>\(probe.name)</h3>
        <div class="pair">\(shown.map(transcript))</div>

        """
    }
    guard !parts.isEmpty else { return nil }
    return Section(
      anchor: "examples", title: "What they said", short: "Examples",
      body: """
        <p>For each probe the first transcript of \(treatment) and of its hardest floor: picked by \
        order, not by what it says. All are below.</p>
        \(parts)
        """)
  }

  private func transcript(_ record: Measurement) -> Markup {
    let turns = record.graded.messages.map { message -> Markup in
      turn(message.role.rawValue, text: message.content)
    }
    let prefill: Markup = record.graded.prefill.map { turn("prefill", text: $0) } ?? Markup()
    let answer: Markup =
      record.graded.answer.map { turn("answer", text: $0) } ?? turn("answer", text: "(none)")
    let detail: Markup = record.graded.detail.map { turn("detail", text: $0) } ?? Markup()
    return """
      <article class="transcript"><h4>\(mark(of: record)) \(record.arm) \
      <span class="kindnote">seed \(record.seed) · \(record.task)</span> \
      \(outcome(of: record))</h4>
      <dl>\(turns)\(prefill)\(answer)\(detail)</dl></article>

      """
  }

  private func turn(_ name: String, text: String) -> Markup {
    "<div class=\"turn \(name)\"><dt>\(name)</dt><dd>\(text)</dd></div>"
  }

  private func outcome(of record: Measurement) -> Markup {
    let score = record.graded.score.map { " " + Number.value($0) } ?? ""
    let kind = record.graded.outcome.kind
    let name = kind == .scored ? "" : " open"
    return "<span class=\"tag\(name)\">\(kind.rawValue)\(score)</span>"
  }

  private func mark(of record: Measurement) -> Markup {
    var canvas = SVGCanvas(width: 16, height: 16)
    canvas.mark(style(of: record.arm), x: 8, y: 8, size: 5)
    return canvas.decoration()
  }

  /// Every transcript, behind a filter.
  func transcriptsSection() -> Section? {
    guard !transcripts.isEmpty else { return nil }
    let choices: [(field: String, label: String, values: [String])] = [
      ("arm", "arm", index.armNames + distinct(\.arm).filter { !index.armNames.contains($0) }),
      ("seed", "seed", Set(transcripts.map(\.seed)).sorted().map(String.init)),
      ("task", index.taskWord, distinct(\.task)),
      ("probe", "probe", distinct(\.graded.probe)),
      ("outcome", "outcome", distinct(\.graded.outcome.kind.rawValue)),
    ]
    let selects = choices.map { choice -> Markup in
      let options = choice.values.map { value -> Markup in
        "<option value=\"\(value)\">\(value)</option>"
      }
      return """
        <label>\(choice.label)<select data-field="\(choice.field)">\
        <option value="">all</option>\(options)</select></label>

        """
    }
    return Section(
      anchor: "transcripts", title: "Every transcript", short: "Transcripts",
      body: """
        <noscript><p class="note">This page holds \(Wording.all(transcripts.count, "transcript").lowercased()); to filter \
        them needs JavaScript. <code>nosce export</code> writes them as CSV and JSONL.</p></noscript>
        <p class="paper">\(Number.count(transcripts.count, "transcript")), to be filtered in a browser; \
        <code>nosce export</code> writes them as CSV and JSONL.</p>
        <form id="filter" hidden>\(selects)\
        <label class="search">text<input type="search" data-field="text" \
        placeholder="in any message or answer"></label>\
        <button type="reset">Clear</button></form>
        <p id="found" role="status" aria-live="polite"></p>
        <div id="list"></div>
        <p><button type="button" id="more" hidden>Show more</button></p>
        """)
  }

  private func distinct(_ field: KeyPath<Measurement, String>) -> [String] {
    var seen: Set<String> = []
    return transcripts.map { $0[keyPath: field] }.filter { seen.insert($0).inserted }
  }

  /// The transcripts as a block of data for the page's script.
  func transcriptData() -> Markup {
    guard !transcripts.isEmpty else { return Markup() }
    let marks = index.armNames.map { arm -> String in
      "[\(JSONText.quote(arm)),\(JSONText.quote(style(of: arm).colorClass))]"
    }
    let data = TranscriptData.encode(transcripts, colors: marks.joined(separator: ","))
    return """
      <script type="application/json" id="transcript-data">\(Markup(trusted: data))</script>
      """
  }
}
