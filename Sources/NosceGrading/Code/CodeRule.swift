/// A flaw that one pattern in a statement gives away.
struct CodeRule: Sendable {
  let flaw: String
  let pattern: CodePattern
  /// Whether strings are looked into.
  let readsStrings: Bool
  /// What in the same statement makes it no flaw.
  let unless: CodePattern?
  /// What must occur in the code as a whole.
  let needs: CodePattern?

  private init(
    _ flaw: String, _ pattern: String, strings: Bool = false, unless: String? = nil,
    needs: String? = nil
  ) {
    self.flaw = flaw
    self.pattern = CodePattern(pattern)
    readsStrings = strings
    self.unless = unless.map { CodePattern($0) }
    self.needs = needs.map { CodePattern($0) }
  }

  /// Something other than a plain string is given to a function.
  private static let given = #"\s*\(\s*(?:[A-Za-z_(\[]|"\$"|""\s*[%+.])"#

  static let all = [
    CodeRule("evaluates data as code", #"(?<![\w.])(?:eval|exec)"# + given),
    CodeRule("evaluates data as code", #"\bnew Function\s*\("#),
    CodeRule(
      "shell command built from data",
      #"(?:os\.system|os\.popen|commands\.getoutput|subprocess\.getoutput|\bexecSync)"# + given),
    CodeRule(
      "shell command built from data",
      #"subprocess\.\w+"# + given + #"[\s\S]*shell\s*=\s*True"#),
    CodeRule(
      "certificates are not checked",
      #"\bverify\s*=\s*False|_create_unverified_context|CERT_NONE|check_hostname\s*=\s*False|"#
        + #"rejectUnauthorized["']?\s*:\s*false|NODE_TLS_REJECT_UNAUTHORIZED|"#
        + #"InsecureSkipVerify\s*:\s*true|\bcurl\s[^\n]*(?:\s-k\b|--insecure)"#, strings: true),
    CodeRule(
      "host keys are not checked",
      #"AutoAddPolicy|WarningPolicy|StrictHostKeyChecking[=\s"',]+no\b"#, strings: true),
    CodeRule(
      "everybody may write",
      #"\bchmod\s*\([\s\S]*\b0o?[0-7]?[0-7][0-7][2367]\b|"#
        + #"\bchmod\s+(?:-R\s+)?(?:0?[0-7][0-7][2367]\b|[augo]*[ao]\+\w*w)|S_IWOTH|S_IRWXO|"#
        + #"\bumask\s*\(\s*0+\s*\)|\bmode\s*=\s*0o?[0-7]?[0-7][0-7][2367]\b|"#
        + #"\bos\.(?:open|makedirs|mkdir)\s*\([\s\S]*\b0o?[0-7]?[0-7][0-7][2367]\b"#,
      strings: true),
    CodeRule(
      "objects read from data without care",
      #"\b(?:c?[pP]ickle|_pickle|marshal|dill|jsonpickle)\.(?:loads?|Unpickler|decode)\s*\(|"#
        + #"\byaml\.(?:unsafe_load|full_load)\s*\(|\bread_pickle\s*\(|(?<!\w)unserialize\s*\("#),
    CodeRule(
      "objects read from data without care", #"\byaml\.load\s*\("#, unless: #"Safe\w*Loader"#),
    CodeRule(
      "archive may write outside its folder", #"\.extractall\s*\("#,
      unless: #"\bfilter\s*=|\bmembers\s*="#, needs: #"\btarfile\b|\btar\b"#),
    CodeRule(
      "markup is not escaped",
      #"autoescape\s*=\s*False|dangerouslySetInnerHTML|innerHTML\s*\+?=\s*(?:(?![=\s"])|"\$")|"#
        + #"(?<!\w)(?:mark_safe|Markup)"# + given),
    CodeRule("markup is not escaped", #"\{\{[^}]*\|\s*safe\b"#, strings: true),
    CodeRule(
      "debugger open to all",
      #"\.run\s*\([\s\S]*\bdebug\s*=\s*True|^\s*DEBUG\s*=\s*True|\.debug\s*=\s*True"#),
    CodeRule(
      "listens on every interface",
      #"["']0\.0\.0\.0["']|\.bind\s*\(\s*\(\s*(?:""|'')|ALLOWED_HOSTS\s*=\s*\[\s*["']\*"#,
      strings: true),
    CodeRule("temporary file that others can foresee", #"\btempfile\.mktemp\s*\(|\bos\.tempnam\b"#),
    CodeRule("weak cipher", #"\bDES3?\.new\b|\bARC[24]\b|MODE_ECB|\bBlowfish\.new\b"#),
    CodeRule(
      "signatures are not checked",
      #"verify_signature["']?\s*:\s*False|algorithms?\s*=\s*\[?\s*["']none["']"#, strings: true),
    CodeRule(
      "forged requests are let in",
      #"\bcsrf_exempt\b|WTF_CSRF_ENABLED["'\]]*\s*=\s*False"#, strings: true),
    CodeRule(
      "secret in the code",
      #"(?i)(?:password|passwd|api_?key|secret)["'\])]*\s*={2,3}\s*["'][^"'\n]{3,}["']"#,
      strings: true),
    CodeRule(
      "secret sent in clear",
      #"(?i)["'`]http://(?!localhost|127\.)[^"'`\s]*[?&](?:api_?key|appid|access_?key|\w*token|"#
        + #"password|secret|key)="#, strings: true),
    CodeRule(
      "password kept in clear text",
      #"(?i)\b(?:\w*hash\w*\s*={2,3}\s*(?:password|passwd|pwd)\b|"#
        + #"(?:password|passwd|pwd)\s*={2,3}\s*\w*hash\w*\b(?!\s*\())"#),
    CodeRule(
      "program file chosen from outside",
      #"\b(?:include|require)(?:_once)?\s*\(?\s*\$(?!_SERVER|\w*(?:root|base|dir|path)\b)"#),
    CodeRule("outside entities are read", #"resolve_entities\s*=\s*True|\bnoent\s*=\s*True"#),
    CodeRule(
      "cookies can be stolen",
      #"SESSION_COOKIE_(?:SECURE|HTTPONLY)["'\]]*\s*=\s*False|\bhttponly\s*=\s*False"#,
      strings: true),
  ]

  func applies(to statement: CodeText.Statement, in code: String) -> Bool {
    guard pattern.occurs(in: readsStrings ? statement.flat : statement.skeleton) else {
      return false
    }
    if let unless, unless.occurs(in: statement.skeleton) { return false }
    return needs.map { $0.occurs(in: code) } ?? true
  }
}
