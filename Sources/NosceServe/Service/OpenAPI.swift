import NosceFormats

/// The description of the server for programs: `/openapi.json`, OpenAPI 3.1.
enum OpenAPI {
  static func document(version: String) -> JSON {
    var paths: [(key: String, value: JSON)] = []
    for operation in Operation.allCases {
      let entry = (key: operation.method.lowercased(), value: describe(operation))
      if let place = paths.firstIndex(where: { $0.key == operation.path }) {
        var object = paths[place].value.object ?? JSONObject()
        object.members.append(entry)
        paths[place].value = .object(object)
      } else {
        paths.append((operation.path, .object([entry])))
      }
    }
    return .object([
      ("openapi", .string("3.1.0")),
      (
        "info",
        .object([
          ("title", .string("nosce serve")), ("version", .string(version)),
          (
            "description",
            .string("Models of this machine behind the shapes that OpenAI's clients speak.")
          ),
        ])
      ),
      ("paths", .object(paths)),
      (
        "components",
        .object([
          ("schemas", .object(APISchemas.all)),
          (
            "securitySchemes",
            .object([
              (
                "token", .object([("type", .string("http")), ("scheme", .string("bearer"))])
              )
            ])
          ),
        ])
      ),
    ])
  }

  private static func describe(_ operation: Operation) -> JSON {
    var members: [(key: String, value: JSON)] = [
      ("operationId", .string(operation.rawValue)),
      ("responses", .object(responses(operation))),
    ]
    // A token is needed where the server was given one; without one the header is passed over.
    if operation != .health {
      members.append(
        ("security", .array([.object([]), .object([("token", .array([]))])])))
    }
    let parameters = pathParameters(operation) + queryParameters(operation)
    if !parameters.isEmpty { members.append(("parameters", .array(parameters))) }
    if let (type, schema) = body(operation) {
      members.append(
        (
          "requestBody",
          .object([
            ("required", .bool(true)),
            ("content", .object([(type, .object([("schema", schema)]))])),
          ])
        ))
    }
    return .object(members)
  }

  private static func body(_ operation: Operation) -> (type: String, schema: JSON)? {
    switch operation {
    case .createChatCompletion: ("application/json", APISchemas.reference("ChatRequest"))
    case .createCompletion: ("application/json", APISchemas.reference("CompletionRequest"))
    case .tokenize: ("application/json", APISchemas.reference("TokenizeRequest"))
    case .loadAdapter: ("application/json", APISchemas.reference("LoadAdapterRequest"))
    case .unloadAdapter: ("application/json", APISchemas.reference("UnloadAdapterRequest"))
    case .createJob: ("application/json", APISchemas.reference("JobRequest"))
    case .uploadFile: ("multipart/form-data", APISchemas.reference("FileUpload"))
    default: nil
    }
  }

  private static func pathParameters(_ operation: Operation) -> [JSON] {
    operation.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { part in
      .object([
        ("name", .string(String(part.dropFirst().dropLast()))), ("in", .string("path")),
        ("required", .bool(true)),
        ("schema", .object([("type", .string("string")), ("minLength", .integer(1))])),
      ])
    }
  }

  private static func queryParameters(_ operation: Operation) -> [JSON] {
    func parameter(_ name: String, _ schema: [(key: String, value: JSON)]) -> JSON {
      .object([
        ("name", .string(name)), ("in", .string("query")), ("required", .bool(false)),
        ("schema", .object(schema)),
      ])
    }
    let text: [(key: String, value: JSON)] = [("type", .string("string"))]
    let page = [
      parameter("after", text),
      parameter(
        "limit",
        [
          ("type", .string("integer")), ("minimum", .integer(1)), ("maximum", .integer(10_000)),
        ]),
    ]
    switch operation {
    case .listJobs, .listJobEvents, .listJobCheckpoints: return page
    case .listFiles:
      return page + [
        parameter("purpose", text),
        parameter(
          "order",
          [("type", .string("string")), ("enum", .array([.string("asc"), .string("desc")]))]),
      ]
    default: return []
    }
  }

  /// What each operation is answered with.
  private static func responses(_ operation: Operation) -> [(key: String, value: JSON)] {
    var content: [(key: String, value: JSON)]
    switch operation {
    case .metrics, .loadAdapter, .unloadAdapter:
      content = [("text/plain", .object([("schema", APISchemas.text)]))]
    case .fileContent:
      content = [("application/octet-stream", .object([("schema", .object([]))]))]
    default:
      content = [
        (
          "application/json",
          .object([("schema", APISchemas.reference(schema(of: operation)))])
        )
      ]
    }
    if operation == .createChatCompletion || operation == .createCompletion {
      content.append(("text/event-stream", .object([("schema", APISchemas.text)])))
    }
    let good = JSON.object([
      ("description", .string("What was asked for.")), ("content", .object(content)),
    ])
    return [("200", good)]
      + statuses(operation).map { status, meaning in
        var members: [(key: String, value: JSON)] = [
          ("description", .string(meaning)),
          (
            "content",
            .object([
              ("application/json", .object([("schema", APISchemas.reference("Error"))]))
            ])
          ),
        ]
        if status == 429 {
          members.append(
            (
              "headers",
              .object([
                (
                  "Retry-After",
                  .object([("schema", .object([("type", .string("integer"))]))])
                )
              ])
            ))
        }
        return (String(status), .object(members))
      }
  }

  private static func statuses(_ operation: Operation) -> [(Int, String)] {
    var statuses = [
      (400, "A value that is not allowed; `param` says which."),
      (403, "A Host or an Origin that is not the server's, or a folder that is not open."),
    ]
    if operation != .health { statuses.append((401, "No token, or another one.")) }
    if operation.path.contains("{") || operation.body == .json {
      statuses.append((404, "No such model, file, job or adapter."))
    }
    statuses.append((405, "A method that the path does not take."))
    if operation.body != .none {
      statuses.append((408, "A body that was not whole in time."))
      statuses.append((413, "A body that is too large."))
    }
    statuses.append((415, "A body of another type."))
    if operation == .createChatCompletion || operation == .createCompletion {
      statuses.append((429, "Too many answers under way."))
      statuses.append((500, "Numbers that are not finite in a model's answer."))
      statuses.append((503, "An answer that was not there in time."))
    }
    if operation == .createJob { statuses.append((429, "Too many jobs that wait.")) }
    if operation == .uploadFile || operation == .createJob || operation == .deleteFile {
      statuses.append((507, "The disk refuses; it may be full."))
    }
    return statuses.sorted { $0.0 < $1.0 }
  }

  private static func schema(of operation: Operation) -> String {
    switch operation {
    case .health: "Health"
    case .version: "Version"
    case .openapi: "Document"
    case .listModels: "ModelList"
    case .retrieveModel: "Model"
    case .createChatCompletion: "ChatAnswer"
    case .createCompletion: "CompletionAnswer"
    case .tokenize: "TokenizeAnswer"
    case .uploadFile, .retrieveFile: "File"
    case .deleteFile: "FileDeleted"
    case .listFiles: "FilePage"
    case .createJob, .retrieveJob, .cancelJob: "Job"
    case .listJobs: "JobPage"
    case .listJobEvents: "JobEventPage"
    case .listJobCheckpoints: "JobCheckpointPage"
    case .metrics, .fileContent, .loadAdapter, .unloadAdapter: "Document"
    }
  }
}
