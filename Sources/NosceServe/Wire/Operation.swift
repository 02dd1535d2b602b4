/// Everything that the server can be asked to do, with its method and path.
enum Operation: String, Sendable, CaseIterable {
  case health, version, metrics, openapi
  case listModels, retrieveModel
  case createChatCompletion, createCompletion, tokenize
  case loadAdapter, unloadAdapter
  case listFiles, uploadFile, retrieveFile, fileContent, deleteFile
  case createJob, listJobs, retrieveJob, cancelJob, listJobEvents, listJobCheckpoints

  enum Body: Sendable { case none, json, multipart }

  var method: String {
    switch self {
    case .createChatCompletion, .createCompletion, .tokenize, .loadAdapter, .unloadAdapter,
      .uploadFile, .createJob, .cancelJob:
      "POST"
    case .deleteFile: "DELETE"
    default: "GET"
    }
  }

  /// A name in braces stands for one segment; at the end of a model's path for all that follow.
  var path: String {
    switch self {
    case .health: "/health"
    case .version: "/version"
    case .metrics: "/metrics"
    case .openapi: "/openapi.json"
    case .listModels: "/v1/models"
    case .retrieveModel: "/v1/models/{model}"
    case .createChatCompletion: "/v1/chat/completions"
    case .createCompletion: "/v1/completions"
    case .tokenize: "/tokenize"
    case .loadAdapter: "/v1/load_lora_adapter"
    case .unloadAdapter: "/v1/unload_lora_adapter"
    case .listFiles, .uploadFile: "/v1/files"
    case .retrieveFile, .deleteFile: "/v1/files/{file_id}"
    case .fileContent: "/v1/files/{file_id}/content"
    case .createJob, .listJobs: "/v1/fine_tuning/jobs"
    case .retrieveJob: "/v1/fine_tuning/jobs/{job_id}"
    case .cancelJob: "/v1/fine_tuning/jobs/{job_id}/cancel"
    case .listJobEvents: "/v1/fine_tuning/jobs/{job_id}/events"
    case .listJobCheckpoints: "/v1/fine_tuning/jobs/{job_id}/checkpoints"
    }
  }

  var body: Body {
    switch self {
    case .uploadFile: .multipart
    case .cancelJob: .none
    default: method == "POST" ? .json : .none
    }
  }

  /// What a request asks for, and what the names in its path stand for.
  ///
  /// - Parameter segments: of the path, decoded.
  static func find(
    _ method: String, _ segments: [String]
  ) throws(APIError) -> (operation: Operation, parameters: [String: String]) {
    var allowed: [String] = []
    for operation in allCases {
      guard let parameters = operation.parameters(segments) else { continue }
      if operation.method == method { return (operation, parameters) }
      allowed.append(operation.method)
    }
    guard !allowed.isEmpty else {
      throw APIError(
        404,
        "found no such path: /\(segments.joined(separator: "/").prefix(200)); allowed: those of /openapi.json",
        code: "unknown_url")
    }
    throw APIError(
      405, "found the method \(method.prefix(20)); allowed: \(allowed.joined(separator: ", "))",
      code: "method_not_allowed", allow: allowed)
  }

  private func parameters(_ segments: [String]) -> [String: String]? {
    let parts = path.split(separator: "/").map(String.init)
    var found: [String: String] = [:]
    for (index, part) in parts.enumerated() {
      guard index < segments.count else { return nil }
      guard part.hasPrefix("{") else {
        if part != segments[index] { return nil }
        continue
      }
      let name = String(part.dropFirst().dropLast())
      // Names of models may have slashes.
      let isRest = self == .retrieveModel
      let value = isRest ? segments[index...].joined(separator: "/") : segments[index]
      guard !value.isEmpty else { return nil }
      found[name] = value
      if isRest { return found }
    }
    return parts.count == segments.count ? found : nil
  }
}
