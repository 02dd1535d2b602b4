import Foundation
import NosceCore
import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("An installed binary")
  struct InstallTests {
    @Test("It finds its resources under ../share/nosce, also through a link, or where it is told")
    func resources() async throws {
      try await withFolder { folder in
        let built = try Binary.url()
        let files = FileManager.default
        let (bin, share) = (folder.appending(path: "bin"), folder.appending(path: "share/nosce"))
        for place in [bin, share] {
          try files.createDirectory(at: place, withIntermediateDirectories: true)
        }
        let installed = bin.appending(path: "nosce")
        try files.copyItem(at: built, to: installed)

        func list(_ program: URL, _ environment: [String: String] = [:]) async throws -> Outcome {
          try await RunningCommand(
            ["show", "hello-word"], program: program, in: folder, environment: environment
          ).finish()
        }
        let lost = try await list(installed)
        #expect(lost.ending == .exit(74))
        #expect(lost.errors.contains(share.path))
        #expect(lost.errors.contains("NOSCE_RESOURCES"))
        let told = try await list(
          installed, ["NOSCE_RESOURCES": built.deletingLastPathComponent().path])
        #expect(told.ending == .exit(0))

        for name in ["nosce_NosceOrganism.resources", "nosce_NosceCatalog.resources"] {
          try files.createSymbolicLink(
            at: share.appending(path: name),
            withDestinationURL: built.deletingLastPathComponent().appending(path: name))
        }
        #expect(try await list(installed).ending == .exit(0))

        // A report's files are missed before the run, and not at its end.
        try QuickExperiment.write(to: folder)
        let run = try RunningCommand(QuickExperiment.run, program: installed, in: folder)
        let early = try await run.finish()
        #expect(early.ending == .exit(74))
        #expect(early.errors.contains("nosce_NosceReport.resources"))
        #expect(QuickExperiment.begun(in: folder) == nil)
        let name = "nosce_NosceReport.resources"
        try files.createSymbolicLink(
          at: share.appending(path: name),
          withDestinationURL: built.deletingLastPathComponent().appending(path: name))
        let whole = try RunningCommand(QuickExperiment.run, program: installed, in: folder)
        #expect(try await whole.finish().ending == .exit(0))

        let link = folder.appending(path: "link")
        try files.createSymbolicLink(at: link, withDestinationURL: installed)
        #expect(try await list(link).ending == .exit(0))
      }
    }

    @Test("What is installed is whole, runs from there, and is gone again with nothing else")
    func installed() async throws {
      try await withFolder { folder in
        // A place whose path has blanks, in which there is something already.
        let root = folder.appending(path: "a root/usr")
        let own = root.appending(path: "share/nosce/mine.txt")
        let files = FileManager.default
        try files.createDirectory(
          at: own.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data().write(to: own)
        func script(_ what: String) async throws -> Outcome {
          try await RunningCommand(
            [what, root.path], program: packageRoot.appending(path: "Scripts/install"), in: folder
          ).finish()
        }
        let built = try Binary.url().deletingLastPathComponent().path
        // The second time stands for a newer version over an older one.
        for _ in 0..<2 {
          let outcome = try await script(built)
          #expect(outcome.ending == .exit(0), "\(outcome.errors)")
        }
        for (file, part) in [
          ("bash-completion/completions/nosce", "_nosce"),
          ("zsh/site-functions/_nosce", "#compdef"),
          ("fish/vendor_completions.d/nosce.fish", "complete"), ("man/man1/nosce.1", ".TH"),
        ] {
          let text = try String(
            contentsOf: root.appending(path: "share/\(file)"), encoding: .utf8)
          #expect(text.contains(part), "\(file)")
        }
        try QuickExperiment.write(to: folder)
        let run = try await RunningCommand(
          QuickExperiment.run, program: root.appending(path: "bin/nosce"), in: folder
        ).finish()
        #expect(run.ending == .exit(0), "\(run.errors)")

        #expect(try await script("--remove").ending == .exit(0))
        let left = try files.subpathsOfDirectory(atPath: root.path).filter { path in
          var isFolder: ObjCBool = false
          let whole = root.appending(path: path).path
          return files.fileExists(atPath: whole, isDirectory: &isFolder) && !isFolder.boolValue
        }
        #expect(left == ["share/nosce/mine.txt"])
      }
    }
  }
}
