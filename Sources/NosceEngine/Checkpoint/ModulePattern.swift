import NosceFormats

/// The regular expressions with which PEFT settings name modules.
enum ModulePattern {
  /// Whether the whole path matches.
  static func matchesWhole(_ pattern: String, _ path: String) -> Bool {
    (try? RegularExpression(pattern, dialect: .python))?.matchesWhole(path) ?? false
  }

  /// Whether the path, or what follows one of its dots, matches to the end.
  static func matchesEnd(_ pattern: String, of path: String) -> Bool {
    matchesWhole("(.*\\.)?(\(pattern))", path)
  }

  /// Refuses an expression that cannot be used.
  static func check(_ pattern: String, _ settings: SettingsReader) throws(CheckpointError) {
    do throws(RegexError) {
      _ = try RegularExpression("(\(pattern))", dialect: .python)
    } catch {
      throw settings.failure("an unusable expression (\(error))", allowed: "a regular expression")
    }
  }
}
