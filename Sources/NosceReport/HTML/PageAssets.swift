import Foundation
import NosceCore

/// The style sheet and the script that stand inside every page, from the files that ship with Nosce.
package struct PageAssets {
  let style: Markup
  let script: Markup

  /// Refuses an installation without them: said before a run, and not at the end of it.
  package static func check() throws { _ = try load() }

  static func load() throws -> PageAssets {
    let folder = try Resources.locate("nosce_NosceReport.resources")
    func source(_ name: String) throws -> Markup {
      let text = String(decoding: try Storage.read(folder.appending(path: name)), as: UTF8.self)
      return Markup(trusted: text)
    }
    return PageAssets(style: try source("report.css"), script: try source("report.js"))
  }
}
