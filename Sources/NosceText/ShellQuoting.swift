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

  /// A command that was written by this, with the last name alone of each path that begins at the root:
  /// what is published says nothing of the machine, and runs where the file lies.
  package static func withoutFolders(_ command: String) -> String {
    self.command(words(of: command).map(withoutFolder))
  }

  /// The words of a command that was written by this.
  private static func words(of command: String) -> [String] {
    var words: [String] = []
    var word: String?
    var isQuoted = false
    var isEscaped = false
    for character in command {
      if isEscaped {
        word = (word ?? "") + String(character)
        isEscaped = false
      } else if character == "'" {
        isQuoted.toggle()
        word = word ?? ""
      } else if isQuoted || (character != " " && character != "\\") {
        word = (word ?? "") + String(character)
      } else if character == "\\" {
        isEscaped = true
      } else if let ended = word {
        words.append(ended)
        word = nil
      }
    }
    return words + (word.map { [$0] } ?? [])
  }

  /// A path stands alone, or behind `name=` or `script:`; the two strokes of an address begin none.
  private static func withoutFolder(_ word: String) -> String {
    guard let root = word.firstIndex(of: "/") else { return word }
    let before = word[..<root]
    let path = word[root...]
    guard before.last.map({ $0 == "=" || $0 == ":" }) ?? true, !path.hasPrefix("//"),
      let name = path.split(separator: "/").last
    else { return word }
    return String(before + name)
  }
}
