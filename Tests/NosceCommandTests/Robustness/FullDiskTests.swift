import Foundation
import NosceCore
import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("A full disk")
  struct FullDiskTests {
    @Test(
      "A run that fills it stops with a message, and goes on once there is room",
      .enabled("the system forbids to mount a small disk") { try await OwnSpace.canMount.value },
      arguments: [60, 100, 150, 200, 250, 300, 400])
    func fills(kilobytes: Int) async throws {
      let undisturbed = try await FinishedRun.get()
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        try FileManager.default.createDirectory(
          at: folder.appending(path: "runs"), withIntermediateDirectories: false)
        // The run's folder lives on the disk; what is left of it is copied away in the end.
        let script = """
          mount -t tmpfs -o size=\(kilobytes)k tmpfs runs || exit 99
          "$NOSCE" run quick.yaml --curves --json >first 2>errors
          echo $? >code
          mount -o remount,size=64m runs || exit 99
          if ls runs/*/plan.json >/dev/null 2>&1; then
            "$NOSCE" run --resume runs/quick-* --json >second 2>>errors || exit 1
          else
            "$NOSCE" run quick.yaml --curves --json >second 2>>errors || exit 2
          fi
          mkdir saved && cp -R "$(dirname runs/*/plan.json)" saved/
          """
        let outcome = try #require(try await OwnSpace.run(script, in: folder))
        func text(_ name: String) throws -> String {
          try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        }
        let errors = try text("errors")
        try #require(outcome.ending == .exit(0), "\(outcome.errors) \(errors)")
        #expect(try text("code") == "74\n")
        #expect(try text("first").isEmpty)
        #expect(errors.contains("nosce: \(folder.path)/runs/quick-"))
        #expect(
          errors.contains("the disk is full") || errors.contains("no space left on device"),
          "\(errors)")
        let saved = folder.appending(path: "saved")
        let run = saved.appending(path: try #require(names(in: saved).first))
        expectSame(try await Measurements(of: run), undisturbed.measurements)
      }
    }
  }
}
