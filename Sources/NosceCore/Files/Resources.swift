import Foundation

/// Finds the files that ship with the program.
package enum Resources {
  /// The folder of a resource bundle: beside the executable (where the build leaves it), under
  /// `../share/nosce` (where `make install` puts it), or in `NOSCE_RESOURCES`.
  package static func locate(_ bundle: String) throws -> URL {
    var places: [URL] = []
    if let path = ProcessInfo.processInfo.environment["NOSCE_RESOURCES"], !path.isEmpty {
      places.append(URL(fileURLWithPath: path))
    }
    if let executable = ProgramStart.executable {
      var folder = executable.deletingLastPathComponent()
      places += [folder, folder.appending(path: "../share/nosce").standardizedFileURL]
      // A test bundle on macOS lies some folders below the build's products.
      for _ in 0..<3 {
        folder = folder.deletingLastPathComponent()
        places.append(folder)
      }
    }
    for place in places {
      let url = place.appending(path: bundle)
      if FileManager.default.fileExists(atPath: url.path) { return url }
    }
    throw LabError(
      .storage,
      "\(bundle) was not found in any of: \(places.map(\.path).joined(separator: ", ")). "
        + "Set NOSCE_RESOURCES to the folder that has it")
  }
}
