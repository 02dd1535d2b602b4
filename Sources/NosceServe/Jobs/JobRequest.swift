import NosceFormats

/// A body of `POST /v1/fine_tuning/jobs`.
struct JobRequest: Sendable {
  var model: String
  var trainingFile: String
  var suffix: String?
  var seed: Int?
  var hyperparameters: Hyperparameters
  var metadata: [String: String]

  private static let known: Set<String> = [
    "model", "training_file", "suffix", "seed", "method", "hyperparameters", "metadata",
  ]

  init(_ fields: Fields) throws(APIError) {
    try fields.check(known: Self.known, neutral: ["integrations": [.array([])]])
    model = try fields.requiredString("model")
    trainingFile = try fields.requiredString("training_file")
    suffix = try fields.string("suffix")
    if let suffix, !Identifier.isPlain(suffix, most: 64, marks: "-_.") {
      throw .invalid(
        "suffix", found: "'\(suffix.prefix(80))'",
        allowed: "1 to 64 letters, digits and -_. of ASCII")
    }
    seed = try fields.integer("seed", in: 0...Int(Int32.max))
    let top = try fields.fields("hyperparameters")
    let method = try Self.method(fields)
    if top != nil, method != nil {
      throw .invalid(
        "hyperparameters", found: "them beside method", allowed: "one of them")
    }
    hyperparameters =
      try (method ?? top).map { fields throws(APIError) in
        try Hyperparameters(fields)
      } ?? Hyperparameters()
    metadata = try Self.metadata(fields)
  }

  private static func method(_ fields: Fields) throws(APIError) -> Fields? {
    guard let method = try fields.fields("method") else { return nil }
    let type = try method.requiredString("type")
    guard type == "supervised" else {
      throw .invalid("method.type", found: "'\(type.prefix(40))'", allowed: "supervised")
    }
    try method.check(known: ["type", "supervised"])
    guard let supervised = try method.fields("supervised") else { return nil }
    try supervised.check(known: ["hyperparameters"])
    return try supervised.fields("hyperparameters")
  }

  private static func metadata(_ fields: Fields) throws(APIError) -> [String: String] {
    guard let object = try fields.fields("metadata")?.object else { return [:] }
    var metadata: [String: String] = [:]
    for (key, value) in object.members {
      guard let text = value.string, key.utf8.count <= 64, text.utf8.count <= 512,
        metadata.count < 16
      else {
        throw .invalid(
          "metadata", found: "another than short texts", allowed: "up to 16 texts of 512 bytes")
      }
      metadata[key] = text
    }
    return metadata
  }
}
