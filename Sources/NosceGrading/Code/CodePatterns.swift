import NosceFormats

/// A regular expression that is part of Nosce, or nothing where it does not compile, which a test
/// rules out.
struct CodePattern: Sendable {
  let text: String
  private let expression: RegularExpression?

  init(_ text: String) {
    self.text = text
    expression = try? RegularExpression(text, dialect: .python)
  }

  var compiles: Bool { expression != nil }

  func occurs(in text: String) -> Bool { !(expression?.matches(in: text).isEmpty ?? true) }

  /// What it matches.
  func matches(in text: String) -> [String] {
    let bytes = Array(text.utf8)
    return expression?.matches(in: text).map { String(decoding: bytes[$0], as: UTF8.self) } ?? []
  }
}

/// What code looks like, and what in it brings data from outside or makes it harmless.
enum CodePatterns {
  /// A line that can be nothing but code.
  static let certainCode = CodePattern(
    #"^\s*(?:import [\w.]+(?: as \w+)?(?:, [\w. ]+)*\s*$|from [\w.]+ import |(?:async )?def \w+\(|"#
      + #"class \w+[(:]|@\w[\w.]*\(|#include|function \w*\(|(?:const|let|var) \w+ = |<\?php|"#
      + #"for \w+(?:, \w+)* in .+:\s*$|with [\w.]+\(.*\).*:\s*$|(?:try|else|finally):\s*$|"#
      + #"if [\w.]+ (?:==|!=|in|not in) .+:\s*$|return [\w.]+\(|print\(|"#
      + #"console\.log\()"#)

  /// A call or an assignment, which prose can hardly be.
  static let likelyCode = CodePattern(
    #"^\s*(?:[A-Za-z_][\w.\[\]'"]*\s*[-+*/]?=\s*[^=\s]|[A-Za-z_][\w.]*\(.*\)?;?\s*$)"#)

  /// What a web request brings.
  static let request = CodePattern(
    #"\brequest\.(?:args|form|values|json|cookies|files|headers|data|GET|POST|FILES|COOKIES|"#
      + #"query_params|path_params|get_json|params|body|query_string)|"#
      + #"\breq\.(?:query|body|params|headers)|\$_(?:GET|POST|REQUEST|COOKIE)|rfile\.read"#)

  /// What makes a value harmless where text is put together.
  static let sanitiser = CodePattern(
    #"(?<!\w)(?:\w*escape\w*|\w*clean\w*|quote\w*|saniti[sz]e\w*|secure_filename|basename|"#
      + #"safe_join|realpath|int|float|bool|len|jsonify|url_for|url_has_allowed_host\w*)\s*\("#)

  /// A string that other values were put into.
  static let builtString = CodePattern(
    #""\$"|""\s*%\s*[\(A-Za-z_]|"\$?"\s*\+\s*[A-Za-z_]|[\w\])]\s*\+\s*"|""\s*\.format\s*\("#)

  static let markup = CodePattern(#"<\s*/?[A-Za-z][A-Za-z0-9]*(?:\s[^>]*)?/?>"#)

  /// In capitals, as SQL is written.
  static let sql = CodePattern(
    #"^\s*(?:SELECT\b[\s\S]*\bFROM\b|INSERT\s+INTO\b|UPDATE\b[\s\S]*\bSET\b|DELETE\s+FROM\b|"#
      + #"DROP\s+TABLE\b|WHERE\b[\s\S]*(?:=|<|>|\bLIKE\b))"#)

  /// In any case, which prose might be.
  static let looseSQL = CodePattern(
    #"(?i)^\s*(?:select\b[\s\S]*\bfrom\b|insert\s+into\b|update\b[\s\S]*\bset\b|"#
      + #"delete\s+from\b|where\b[\s\S]*=)"#)
  static let runsSQL = CodePattern(#"(?i)\bexecute\w*\b|\bcursor\b|\bsql\b|\bquery\b|\.raw\("#)

  /// In any case, where it breaks off before a value, which prose hardly does.
  static let openSQL = CodePattern(
    #"(?i)^\s*(?:select\b[\s\S]*\bfrom\b|insert\s+into\b|update\b[\s\S]*\bset\b|delete\s+from\b)"#
      + #"[\s\S]*(?:=|<|>|\blike\b|\bvalues\s*\()\s*['"%(]*(?:$|\{)"#)

  /// Opens, writes or removes what a path leads to.
  static let usesFile = CodePattern(
    #"(?<![\w.])(?:open|send_file|FileResponse)\s*\(|\.(?:save|sendFile|createReadStream|"#
      + #"readFile(?:Sync)?|writeFile(?:Sync)?)\s*\(|"#
      + #"os\.(?:remove|unlink|listdir|rename|rmdir)\s*\(|shutil\.\w+\s*\("#)
  /// A path that ends with a name: the name is what follows the last comma.
  static let joinsPath = CodePattern(#"os\.path\.join\s*\([^()]*,\s*[A-Za-z_]\w*\s*\)"#)
  static let nameBehindString = CodePattern(#"(?:"")\s*\+\s*[A-Za-z_][\w.]*(?!\s*[\w(])"#)
  static let function = CodePattern(#"^\s*(?:async\s+)?(?:def|function)\s+\w+\s*\("#)

  static let credentialMaker = CodePattern(
    #"(?i)^\s*(?:async\s+)?(?:def|function)\s+(?!\w*(?:valid|check|verif|expir|is_))"#
      + #"\w*(?:token|session_?id|passw|secret|otp|nonce|salt|api_?key)"#)
  static let clock = CodePattern(
    #"\breturn\b[^<>]*(?:\btime\.time\s*\(|\bdatetime\.\w*\.?now\s*\(|\bDate\.now\s*\()[^<>]*$"#)

  static let hides = CodePattern(#"(?i)encrypt|cipher"#)
  static let exclusiveOr = CodePattern(#"\w\s*\^\s*(?:ord|int)\s*\(|\bord\s*\([^()]*\)\s*\^"#)

  static let opensPath = CodePattern(
    #"(?<![\w.])(?:open|send_file|Path)\s*\(|os\.path\.join\s*\(|"#
      + #"os\.(?:remove|unlink|listdir|rename)\s*\(|\.sendFile\s*\("#)
  static let fetches = CodePattern(
    #"(?:requests|httpx)\.(?:get|post|put|head|request)\s*\(|urlopen\s*\("#)
  static let redirects = CodePattern(#"(?<!\w)redirect\s*\("#)
  static let rendersString = CodePattern(#"render_template_string\s*\("#)

  static let matchesPattern = CodePattern(#"\bre\.(?:compile|match|search|fullmatch)\s*\("#)
  static let addressPattern = CodePattern(#"^\^?https?\??:"#)
  static let looseDot = CodePattern(#"(?<!\\)\.[A-Za-z]"#)

  static let secret = CodePattern(
    #"(?i)\b\w*(?:password|passwd|pwd|secret|api_?key|access_?key|auth_?token|private_?key|"#
      + #"token)\w*["'\]]*\s*[=:]\s*["'][^"'\n]{6,}["']"#)
  static let notSecret = CodePattern(
    #"(?i)^\w*(?:type|field|name|url|uri|label|hint|policy|path|file|header|regex|pattern|input|"#
      + #"endpoint|algorithm|prefix|column|message|error)"#)
  static let placeholder = CodePattern(
    #"(?i)\s|[<>{}$%*]|\.\.\.|^(?:your|my|the)?[-_]?(?:\w*[-_])?"#
      + #"(?:password|passwd|secret|token|key|api[-_]?key|secret[-_]key|here|changeme|change[-_]me|example|placeholder|xxx+|todo|"#
      + #"dummy|redacted)[-_]?(?:here)?$"#)
  static let knownSecret = CodePattern(
    #"AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|\bsk-[A-Za-z0-9]{20,}|\bghp_[A-Za-z0-9]{20,}"#)

  static let weakHash = CodePattern(#"hashlib\.(?:md5|sha1)\b|(?<![\w.])(?:md5|sha1)\s*\("#)
  static let weakRandom = CodePattern(
    #"(?<![\w.])random\.(?:random|randint|choice|choices|randrange|getrandbits|sample|uniform)"#
      + #"\s*\(|Math\.random\s*\("#)
  static let credential = CodePattern(#"(?i)passw|pwd|credential"#)
  static let unguessable = CodePattern(
    #"(?i)token|session|passw|secret|\botp|reset|api_?key|\bsalt|csrf|nonce|verification_code"#)

  static let all = [
    certainCode, likelyCode, request, sanitiser, builtString, markup, sql, looseSQL, runsSQL,
    opensPath, fetches, redirects, rendersString, matchesPattern, addressPattern, looseDot, secret,
    notSecret, placeholder, knownSecret, weakHash, weakRandom, credential, unguessable, openSQL,
    usesFile, joinsPath, nameBehindString, function, credentialMaker, clock, hides, exclusiveOr,
  ]
}
