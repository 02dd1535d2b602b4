import NosceCore

extension LabError {
  /// The same failure as one of a part of the experiment, such as `arms.sham.rows`.
  ///
  /// A message that begins with a key of that part, or with its name, is taken together with it.
  /// One that names a part already keeps it: rows may be those of another arm.
  func within(_ path: String) -> LabError {
    if ["arms.", "probes."].contains(where: message.hasPrefix) { return self }
    var result = self
    let cut = message.firstRange(of: ": ")
    let head = cut.map { String(message[..<$0.lowerBound]) } ?? ""
    let rest = cut.map { String(message[$0.upperBound...]) } ?? message
    if path.hasSuffix("." + head) {
      result.message = "\(path): \(rest)"
    } else if !head.isEmpty, head.allSatisfy({ $0.isLowercase || $0 == "_" }) {
      result.message = "\(path).\(head): \(rest)"
    } else {
      result.message = "\(path): \(message)"
    }
    return result
  }
}
