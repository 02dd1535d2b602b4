import NosceFormats

/// The regular expressions with which PEFT settings name modules.
enum ModulePattern {
  /// Whether the whole path matches.
  static func matchesWhole(_ pattern: String, _ path: String) -> Bool {
    (try? RegularExpression(pattern, dialect: .python))?.matchesWhole(path) ?? false
  }

  /// Matches the whole path, or what follows one of its dots to the end.
  static func ending(_ pattern: String) throws(RegexError) -> RegularExpression {
    try RegularExpression("(.*\\.)?(\(pattern))", dialect: .python)
  }

  /// Refuses an expression that cannot be used.
  static func check(_ pattern: String, _ settings: SettingsReader) throws(CheckpointError) {
    do throws(RegexError) {
      _ = try ending(pattern)
    } catch {
      throw settings.failure("an unusable expression (\(error))", allowed: "a regular expression")
    }
  }
}
