/// Names of files and folders that are made of what users call things.
package enum FileName {
  /// A name with nothing that a file system might object to: at most 40 letters, digits and
  /// underscores of ASCII.
  package static func plain(_ name: String) -> String {
    String(
      name.prefix(40).map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
  }
}
