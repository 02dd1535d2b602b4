/// The arguments of a call, with their values.
struct TemplateCall {
  var positional: [TemplateValue] = []
  var named: [(name: String, value: TemplateValue)] = []

  /// The arguments in the order of the parameters' names; nil where none was given.
  func bound(to names: [String], of what: String) throws(TemplateFault) -> [TemplateValue?] {
    guard positional.count <= names.count else {
      throw TemplateFault("\(what) takes \(names.count) arguments, not \(positional.count)")
    }
    var result: [TemplateValue?] = positional
    result += Array(repeating: nil, count: names.count - positional.count)
    for (name, value) in named {
      guard let index = names.firstIndex(of: name), result[index] == nil else {
        throw TemplateFault("\(what) has no argument \"\(name)\", or has it twice")
      }
      result[index] = value
    }
    return result
  }

  /// The only arguments may be positional ones, so many.
  func values(_ counts: ClosedRange<Int>, of what: String) throws(TemplateFault) -> [TemplateValue]
  {
    guard named.isEmpty, counts.contains(positional.count) else {
      throw TemplateFault("\(what) with \(positional.count) arguments; allowed: \(counts)")
    }
    return positional
  }
}

extension TemplateValue? {
  func integer(_ standard: Int, _ what: String) throws(TemplateFault) -> Int {
    guard let self else { return standard }
    guard let integer = self.integer else { throw TemplateFault("\(what) that is \(self.kind)") }
    return integer
  }

  func string(_ standard: String, _ what: String) throws(TemplateFault) -> String {
    guard let self else { return standard }
    guard let string = self.string else { throw TemplateFault("\(what) that is \(self.kind)") }
    return string
  }
}
