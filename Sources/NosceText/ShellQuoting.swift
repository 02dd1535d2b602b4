/// Writes commands as a shell reads them.
package enum ShellQuoting {
  /// The words of a command with blanks between them, each quoted where a shell would otherwise read
  /// it as something else than one word.
  package static func command(_ words: [String]) -> String {
    words.map(quoted).joined(separator: " ")
  }

  /// The word itself, or in single quotes: POSIX shells read everything between them as it is.
  package static func quoted(_ word: String) -> String {
    let isPlain = word.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII
        && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
          || "_-+./,:=@%".unicodeScalars.contains(scalar))
    }
    if isPlain, !word.isEmpty { return word }
    return "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
