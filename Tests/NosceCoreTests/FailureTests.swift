import Foundation
import NosceCore
import Testing

@Suite("Failures")
struct FailureTests {
  @Test("A failure carries its code, its message, what is behind it, and where it was noticed")
  func parts() throws {
    let url = URL(fileURLWithPath: "/no/such/place")
    let error = #expect(throws: LabError.self) { try Storage.read(url) }
    let failure = try #require(error)
    #expect(failure.code == .storage)
    #expect(
      failure.message == "/no/such/place: cannot be read: there is no such file or folder")
    #expect(failure.cause is CocoaError)
    #expect(failure.place.file.hasSuffix("Storage.swift"))
    let lines = failure.trace.split(separator: "\n")
    #expect(lines[0] == "storage: \(failure.message)")
    #expect(lines[1].hasPrefix("  at NosceCore/Storage.swift:"))
    #expect(lines[2].hasPrefix("  because of "))
  }

  @Test("The causes of causes are shown, and take no part in whether two failures are the same")
  func chain() {
    let inner = LabError(.backend, "the loss is nan")
    let outer = LabError(.refusedDesign, "cannot be tested", cause: inner)
    #expect(outer == LabError(.refusedDesign, "cannot be tested"))
    #expect(outer != LabError(.backend, "cannot be tested"))
    #expect(outer.trace.contains("because of backend: the loss is nan"))
    #expect("\(outer)" == "cannot be tested")
  }
}
