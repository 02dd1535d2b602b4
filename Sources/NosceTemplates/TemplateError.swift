/// A chat template that cannot be read or rendered: which one, where, and why.
package struct TemplateError: Error, Equatable, CustomStringConvertible {
  package let template: String
  /// One-based.
  package let line: Int
  package let message: String

  package init(template: String, line: Int, message: String) {
    self.template = template
    self.line = line
    self.message = message
  }

  package var description: String { "\(template), line \(line): \(message)" }
}

/// A fault whose place is not known yet; whoever knows the line turns it into a `TemplateError`.
struct TemplateFault: Error {
  let message: String

  init(_ message: String) { self.message = message }
}
