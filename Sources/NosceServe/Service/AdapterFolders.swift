import Foundation
import NosceFormats

/// A body of `/v1/load_lora_adapter` or of its counterpart.
struct AdapterRequest: Sendable {
  var name: String
  /// Nil where an adapter is taken away.
  var path: String?
  /// Which base it belongs to, where there are several.
  var base: String?

  init(loading fields: Fields) throws(APIError) {
    try fields.check(
      known: ["lora_name", "lora_path", "base_model_name"],
      neutral: ["load_inplace": [.bool(false)]])
    name = try Self.name(fields)
    path = try fields.requiredString("lora_path")
    base = try fields.string("base_model_name")
  }

  init(unloading fields: Fields) throws(APIError) {
    try fields.check(known: ["lora_name"], inert: ["lora_int_id"])
    name = try Self.name(fields)
  }

  private static func name(_ fields: Fields) throws(APIError) -> String {
    let name = try fields.requiredString("lora_name")
    guard Identifier.isPlain(name, most: 128, marks: "-_.:@/+"), name.first != "/" else {
      throw .invalid(
        "lora_name", found: "'\(name.prefix(80))'",
        allowed: "1 to 128 letters, digits and -_.:@/+ of ASCII, without two points in a row")
    }
    return name
  }
}

/// The folder below which adapters may be loaded.
struct AdapterFolders: Sendable {
  /// Nil where none may.
  let root: URL?

  /// The folder that a path means, links resolved. What is not below the root is refused without a word
  /// about whether it is there.
  func folder(_ path: String) throws(APIError) -> URL {
    guard let root, let top = Self.resolved(root.path) else {
      throw APIError(
        403,
        "lora_path: found a path, and no folder that adapters may be in; allowed: with --adapters",
        parameter: "lora_path", code: "adapters_disabled")
    }
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw .invalid("lora_path", found: "no path", allowed: "a folder below --adapters")
    }
    let whole = path.hasPrefix("/") ? path : "\(top)/\(path)"
    let below = top == "/" ? top : top + "/"
    guard let found = Self.resolved(whole), found.hasPrefix(below) else {
      throw APIError(
        404, "lora_path: found no folder '\(path.prefix(200))' below --adapters",
        parameter: "lora_path", code: "adapter_not_found")
    }
    return URL(fileURLWithPath: found, isDirectory: true)
  }

  /// A path without links, points and doubled slashes; nil where nothing is there.
  private static func resolved(_ path: String) -> String? {
    guard let pointer = realpath(path, nil) else { return nil }
    defer { free(pointer) }
    return String(cString: pointer)
  }
}
