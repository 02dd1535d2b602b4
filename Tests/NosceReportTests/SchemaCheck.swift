import Foundation

/// The few rules of JSON Schema that our schema uses, checked against a value.
struct SchemaCheck {
  let root: [String: Any]

  func problems(of value: Any) -> [String] { problems(of: value, root, at: "$") }

  private func problems(of value: Any, _ schema: [String: Any], at path: String) -> [String] {
    if let reference = schema["$ref"] as? String {
      let name = reference.replacingOccurrences(of: "#/$defs/", with: "")
      guard let definition = (root["$defs"] as? [String: Any])?[name] as? [String: Any] else {
        return ["\(path): no definition of \(name)"]
      }
      return problems(of: value, definition, at: path)
    }
    if let allowed = schema["enum"] as? [String] {
      return allowed.contains(value as? String ?? "") ? [] : ["\(path): not an allowed value"]
    }
    if let options = schema["anyOf"] as? [[String: Any]] {
      let fits = options.contains { problems(of: value, $0, at: path).isEmpty }
      return fits ? [] : ["\(path): fits no option"]
    }
    if let constant = schema["const"] as? String {
      return value as? String == constant ? [] : ["\(path): not \(constant)"]
    }
    switch schema["type"] as? String {
    case "object": return objectProblems(value, schema, at: path)
    case "array":
      guard let items = value as? [Any], let item = schema["items"] as? [String: Any] else {
        return ["\(path): not an array"]
      }
      return items.enumerated().flatMap { problems(of: $1, item, at: "\(path)[\($0)]") }
    case "string": return value is String ? [] : ["\(path): not a string"]
    case "boolean": return value is Bool ? [] : ["\(path): not a boolean"]
    case "number", "integer": return value is NSNumber ? [] : ["\(path): not a number"]
    default: return ["\(path): the schema has no type"]
    }
  }

  private func objectProblems(_ value: Any, _ schema: [String: Any], at path: String) -> [String] {
    guard let object = value as? [String: Any] else { return ["\(path): not an object"] }
    let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
    let required = schema["required"] as? [String] ?? []
    var problems = required.filter { object[$0] == nil }.map { "\(path): no \($0)" }
    for key in object.keys.sorted() {
      guard let member = object[key] else { continue }
      if let property = properties[key] {
        problems += self.problems(of: member, property, at: "\(path).\(key)")
      } else if let other = schema["additionalProperties"] as? [String: Any] {
        problems += self.problems(of: member, other, at: "\(path).\(key)")
      } else {
        problems.append("\(path): unknown key \(key)")
      }
    }
    return problems
  }
}
