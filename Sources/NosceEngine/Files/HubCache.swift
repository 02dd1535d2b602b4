import Foundation
import NosceFormats

/// The folder in which Hugging Face's libraries keep the repositories that they have downloaded.
///
/// Each repository is a folder `models--ORG--NAME` with `refs/BRANCH` (the hash of a commit) and
/// `snapshots/HASH/` (that commit's files, mostly links into `blobs/`). Nothing here downloads
/// anything: what is not in the cache is an error that says what is.
package struct HubCache: Sendable, Equatable {
  package let folder: URL
  /// What decided that it is this folder, for messages.
  package let origin: String

  package init(folder: URL, origin: String) {
    self.folder = folder
    self.origin = origin
  }

  /// The cache that Hugging Face's own libraries use: `HF_HUB_CACHE`, else `HF_HOME/hub`, else
  /// `XDG_CACHE_HOME/huggingface/hub`, else `~/.cache/huggingface/hub`.
  package init(environment: [String: String], home: URL) {
    func set(_ name: String) -> URL? {
      guard let path = environment[name], !path.isEmpty else { return nil }
      let isInHome = path == "~" || path.hasPrefix("~/")
      return isInHome
        ? home.appendingPathComponent(String(path.dropFirst(2))) : URL(fileURLWithPath: path)
    }
    if let url = set("HF_HUB_CACHE") {
      self.init(folder: url, origin: "HF_HUB_CACHE")
    } else if let url = set("HF_HOME") {
      self.init(folder: url.appendingPathComponent("hub"), origin: "HF_HOME")
    } else if let url = set("XDG_CACHE_HOME") {
      self.init(folder: url.appendingPathComponent("huggingface/hub"), origin: "XDG_CACHE_HOME")
    } else {
      self.init(
        folder: home.appendingPathComponent(".cache/huggingface/hub"),
        origin: "the usual place; HF_HUB_CACHE or HF_HOME name another")
    }
  }
}

extension HubCache {
  /// A repository by name, and a branch, tag or commit of it: `org/name@revision`.
  package struct Reference: Sendable, Equatable, CustomStringConvertible {
    package let repository: String
    package let revision: String?

    /// Nil for a text that cannot be such a name, for example a path.
    package init?(_ text: String) {
      let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
      let names = parts[0].split(separator: "/", omittingEmptySubsequences: false)
      guard (1...2).contains(names.count), parts[0].count <= 96,
        names.allSatisfy({ Self.isName($0) && !$0.contains("--") })
      else { return nil }
      if parts.count == 2 {
        guard parts[1].count <= 250,
          parts[1].split(separator: "/", omittingEmptySubsequences: false)
            .allSatisfy({ Self.isName($0) })
        else { return nil }
      }
      repository = String(parts[0])
      revision = parts.count == 2 ? String(parts[1]) : nil
    }

    package var description: String { revision.map { "\(repository)@\($0)" } ?? repository }

    /// Letters, digits, `_`, `-` and `.`, and nothing that means another folder.
    static func isName(_ text: some StringProtocol) -> Bool {
      guard let first = text.first, let last = text.last else { return false }
      return !".-".contains(first) && !".-".contains(last) && !text.contains("..")
        && text.utf8.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "."):
            true
          default: false
          }
        }
    }
  }

  /// The files of one commit of a repository.
  package struct Snapshot: Sendable, Equatable {
    package let repository: String
    package let commit: String
    package let directory: URL
  }

  /// The names of the repositories that the cache holds.
  package var repositories: [String] {
    Self.names(in: folder).filter { $0.hasPrefix("models--") }
      .map { String($0.dropFirst("models--".count)).replacing("--", with: "/") }
  }

  package func contains(_ repository: String) -> Bool {
    Self.isFolder(place(of: repository))
  }

  private func place(of repository: String) -> URL {
    folder.appendingPathComponent("models--" + repository.replacing("/", with: "--"))
  }

  /// The snapshot that a reference means: without a revision the branch `main`, or the only
  /// snapshot there is.
  package func snapshot(_ reference: Reference) throws(CheckpointError) -> Snapshot {
    let place = place(of: reference.repository)
    guard Self.isFolder(place) else {
      let held = repositories
      let list = held.isEmpty ? "nothing" : Self.list(held)
      throw CheckpointError(
        file: folder.path,
        found: "no \(reference.repository) (the Hugging Face cache, from \(origin), "
          + "holds \(list))",
        allowed: "what is in the cache: Nosce downloads nothing")
    }
    let snapshots = place.appendingPathComponent("snapshots")
    let commit = try commit(of: reference, in: place)
    let directory = snapshots.appendingPathComponent(commit)
    guard Self.isFolder(directory) else {
      throw CheckpointError(
        file: snapshots.path, found: "no snapshot \(commit), which \(reference) names",
        allowed: Self.list(Self.names(in: snapshots)))
    }
    try Self.checkLinks(directory)
    return Snapshot(repository: reference.repository, commit: commit, directory: directory)
  }

  private func commit(
    of reference: Reference, in place: URL
  ) throws(CheckpointError) -> String {
    let snapshots = Self.names(in: place.appendingPathComponent("snapshots"))
    let refs = place.appendingPathComponent("refs")
    let name = reference.revision ?? "main"
    let ref = refs.appendingPathComponent(name)
    if FileManager.default.fileExists(atPath: ref.path), !Self.isFolder(ref) {
      let content = String(decoding: try readSmallFile(ref, limit: 4096), as: UTF8.self)
        .trimmingCharacters(in: .whitespacesAndNewlines)
      guard Reference.isName(content) else {
        throw CheckpointError(
          file: ref.path, found: "\"\(content.prefix(80))\"", allowed: "the hash of a commit")
      }
      return content
    }
    guard let revision = reference.revision else {
      if snapshots.count == 1 { return snapshots[0] }
      throw CheckpointError(
        file: ref.path,
        found: "no such file, and \(snapshots.count) snapshots (\(Self.list(snapshots)))",
        allowed: "\(reference)@REVISION, which names one of them")
    }
    // A hash may be cut short, as in other tools, as long as one snapshot begins so.
    let fitting = snapshots.filter {
      $0 == revision || (revision.count >= 7 && $0.hasPrefix(revision))
    }
    guard fitting.count == 1 else {
      throw CheckpointError(
        file: place.path,
        found: "\(fitting.count) snapshots for the revision \(revision) "
          + "(branches and tags: \(Self.list(Self.names(in: refs))); "
          + "snapshots: \(Self.list(snapshots)))",
        allowed: "a branch, a tag or a commit that is in the cache")
    }
    return fitting[0]
  }

  /// A download that was broken off leaves links to files that are not there.
  private static func checkLinks(_ directory: URL) throws(CheckpointError) {
    let manager = FileManager.default
    for name in names(in: directory)
    where ["json", "jinja", "safetensors"].contains((name as NSString).pathExtension) {
      let file = directory.appendingPathComponent(name)
      guard let target = try? manager.destinationOfSymbolicLink(atPath: file.path),
        !manager.fileExists(atPath: file.path)
      else { continue }
      throw CheckpointError(
        file: file.path, found: "a link to \(target), which is not there",
        allowed: "a snapshot that was downloaded whole")
    }
  }

  private static func isFolder(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  private static func names(in folder: URL) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
      .filter { !$0.hasPrefix(".") }.sorted()
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(8).joined(separator: ", ")
    return names.isEmpty ? "none" : names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }
}
