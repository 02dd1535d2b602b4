import NosceFormats
import NosceRows

extension Grader {
  /// The grader with its templates filled.
  package func filled(with values: [String: String]) throws -> Grader {
    switch self {
    case .acrostic(let word): .acrostic(word: try TextTemplate.fill(word, with: values))
    case .exact(let text): .exact(text: try TextTemplate.fill(text, with: values))
    case .names(let word, let limit):
      .names(word: try TextTemplate.fill(word, with: values), beforeLetters: limit)
    case .judge(let judging): .judge(judging.filled(with: values))
    case .not(let grader): .not(try grader.filled(with: values))
    case .anyOf(let graders): .anyOf(try graders.map { try $0.filled(with: values) })
    case .allOf(let graders): .allOf(try graders.map { try $0.filled(with: values) })
    case .regex, .phrases, .code, .language, .letterCase, .refusal, .collect: self
    }
  }

  /// The expression as the grader reads it.
  package static func regularExpression(
    _ pattern: String, ignoresCase: Bool
  ) throws(RegexError) -> RegularExpression {
    try RegularExpression(ignoresCase ? "(?i)\(pattern)" : pattern, dialect: .python)
  }
}
