import NosceFormats

/// A template in the part of Jinja that published chat templates use.
///
/// It may come from an untrusted file: its work and output are limited, and it can neither read
/// files nor change what it is given.
package struct JinjaTemplate: Sendable {
  /// What error messages call it, e.g. the path of its file.
  package let name: String
  package let source: String
  private let statements: [TemplateStatement]

  package init(source: String, name: String) throws(TemplateError) {
    guard source.utf8.count <= 2_000_000 else {
      throw TemplateError(template: name, line: 1, message: "a template of more than 2000000 bytes")
    }
    self.source = source
    self.name = name
    statements = try TemplateParser.parse(source, template: name)
  }

  /// What a template has made.
  package struct Rendering: Sendable, Equatable {
    package let text: String
    /// What stands between `{% generation %}` and `{% endgeneration %}`, in Unicode scalars.
    package let assistantSpans: [Range<Int>]

    package init(text: String, assistantSpans: [Range<Int>]) {
      self.text = text
      self.assistantSpans = assistantSpans
    }
  }

  /// - Parameter variables: what the template can refer to, by name.
  package func render(
    _ variables: [(name: String, value: JSON)], date: TemplateDate = .standard
  ) throws(TemplateError) -> Rendering {
    var values: [(name: String, value: TemplateValue)] = []
    do throws(TemplateFault) {
      for (name, value) in variables { values.append((name, try TemplateValue(value))) }
    } catch {
      throw TemplateError(template: name, line: 1, message: error.message)
    }
    let output = try TemplateRenderer.render(
      statements, template: name, variables: values, date: date)
    return Rendering(text: output.text, assistantSpans: output.assistantSpans)
  }
}
