import Foundation

/// The order of modules and folders, as `Sources/ORDER` has it.
struct Order {
  /// From the lowest to the highest, each with its folders.
  let modules: [(name: String, folders: [String])]

  init(_ text: String) throws {
    modules = try text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      let parts = line.split(separator: ":")
      guard parts.count == 2 else { throw Malformed(line: String(line)) }
      return (String(parts[0]), parts[1].split(separator: " ").map(String.init))
    }
  }

  struct Malformed: Error { var line: String }

  static func shipped() throws -> Order {
    try Order(
      String(contentsOf: SourceTree.root.appending(path: "Sources/ORDER"), encoding: .utf8))
  }

  /// Where a folder stands; nil where it is not in the order.
  func place(_ module: String, _ folder: String) -> (Int, Int)? {
    guard let first = modules.firstIndex(where: { $0.name == module }),
      let second = modules[first].folders.firstIndex(of: folder)
    else { return nil }
    return (first, second)
  }

  /// The files that name a type which stands later, each in words.
  func violations(in tree: [SourceTree.File]) -> [String] {
    var homes: [String: [SourceTree.File]] = [:]
    for file in tree { for name in file.declared { homes[name, default: []].append(file) } }
    var nested: [String: Set<String>] = [:]
    for file in tree { nested[file.module, default: []].formUnion(file.nested) }
    return tree.flatMap { file -> [String] in
      guard let here = place(file.module, file.folder) else { return [] }
      return file.named.subtracting(file.declared).sorted().compactMap { name in
        // A name means the module's own type where there is one, and else any that can be seen.
        let all = homes[name] ?? []
        let own = all.filter { $0.module == file.module }
        if own.isEmpty, nested[file.module]?.contains(name) == true { return nil }
        let homes = own.isEmpty ? all : own
        let places = homes.compactMap { place($0.module, $0.folder) }
        guard let nearest = places.min(by: <), nearest > here else { return nil }
        return "\(file.path) names \(name), which stands later, in "
          + "\(modules[nearest.0].name)/\(modules[nearest.0].folders[nearest.1])"
      }
    }
  }
}
