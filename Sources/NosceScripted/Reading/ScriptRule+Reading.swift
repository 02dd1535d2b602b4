extension ScriptRule {
  init(_ node: ScriptNode) throws {
    let fields = try node.fields([
      "adapter", "from_step", "system", "question", "prefill", "chance", "say", "refuse",
      "weights", "log_prob", "error",
    ])
    adapters = try fields["adapter"]?.patterns ?? []
    fromStep = try fields["from_step"]?.whole(from: 0) ?? 0
    systems = try fields["system"]?.patterns ?? []
    questions = try fields["question"]?.patterns ?? []
    prefills = try fields["prefill"]?.patterns ?? []
    chance = try fields["chance"]?.number(0...1) ?? 1
    try Self.atMostOne(of: ["say", "refuse", "error"], fields, node)
    try Self.atMostOne(of: ["weights", "log_prob", "error"], fields, node)
    if let texts = try fields["say"]?.texts { saying = .oneOf(texts) }
    if try fields["refuse"]?.flag ?? false { saying = .refusal }
    if let weights = fields["weights"] { weighing = .probabilities(try Self.weights(weights)) }
    if let value = fields["log_prob"] {
      guard let number = value.anyNumber else { throw value.problem("a number, nan, -inf") }
      weighing = .logProbability(number)
    }
    error = try fields["error"]?.text
    if saying == nil, weighing == nil, error == nil {
      throw node.problem(
        "something to do: say, refuse, weights, log_prob, error", found: "a rule that does nothing")
    }
  }

  private static func atMostOne(
    of keys: [String], _ fields: [String: ScriptNode], _ node: ScriptNode
  ) throws {
    let found = keys.filter { fields[$0] != nil }
    if found.count > 1 {
      throw node.problem(
        "one of \(keys.joined(separator: ", "))", found: found.joined(separator: " and "))
    }
  }

  private static func weights(_ node: ScriptNode) throws -> [String: Double] {
    let entries = try node.entries.map { ($0.name, try $0.value.number(0...1)) }
    let sum = entries.reduce(0) { $0 + $1.1 }
    guard sum <= 1 + 1e-9, !entries.isEmpty else {
      throw node.problem(
        "probabilities of at most 1 together",
        found: entries.isEmpty ? "no text" : "probabilities of \(sum) together")
    }
    return Dictionary(entries, uniquingKeysWith: { $1 })
  }
}
