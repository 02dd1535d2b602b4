/// A self-contained page in the style of the report, without a script: it fetches nothing.
struct PlainPage {
  /// Above the heading, in small letters.
  let kicker: String
  let heading: String
  let version: String
  let body: Markup

  func document() throws -> Markup {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="referrer" content="no-referrer">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
    style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
    <title>\(heading)</title>
    <style>\(try PageAssets.load().style)</style>
    </head>
    <body>
    <header>
    <p class="kicker">\(kicker)</p>
    <h1>\(heading)</h1>
    </header>
    <main>
    \(body)
    </main>
    <footer>Written by Nosce \(version). This page fetches nothing.</footer>
    </body>
    </html>

    """
  }
}

/// A table of a page: headings, and rows of cells that are markup already.
struct PageTable {
  let caption: String
  /// The heading of each column, and whether it holds words rather than numbers.
  let columns: [(title: String, isWords: Bool)]
  var rows: [[Markup]] = []

  func markup() -> Markup {
    let heads = columns.map { column -> Markup in
      column.isWords
        ? "<th scope=\"col\" class=\"words\">\(column.title)</th>"
        : "<th scope=\"col\">\(column.title)</th>"
    }
    let lines = rows.map { cells -> Markup in
      let parts = zip(columns, cells).enumerated().map { place, pair -> Markup in
        if place == 0 { return "<th scope=\"row\">\(pair.1)</th>" }
        return pair.0.isWords ? "<td class=\"words\">\(pair.1)</td>" : "<td>\(pair.1)</td>"
      }
      return "<tr>\(parts)</tr>\n"
    }
    return """
      <div class="scroll"><table class="numbers">
      <caption>\(caption)</caption>
      <thead><tr>\(heads)</tr></thead>
      <tbody>\(lines)</tbody></table></div>
      """
  }
}
