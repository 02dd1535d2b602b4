import NosceRuns
import Testing

@Suite("Time of work that is done side by side")
struct DealtTimeTests {
  @Test("Stages that come to more than the whole share it as they would have without each other")
  func parallel() {
    let dealt = RunRecord.dealtOut(["train": 6, "ask": 2, "gate": 0, "total": 4])
    #expect(dealt == ["train": 3, "ask": 1, "gate": 0, "total": 4])
  }

  @Test("Others are left as they are")
  func apart() {
    let seconds = ["train": 3.0, "ask": 0.5, "total": 4]
    #expect(RunRecord.dealtOut(seconds) == seconds)
    #expect(RunRecord.dealtOut(["train": 3]) == ["train": 3])
  }

  @Test("The same times are dealt out to the same last bit, however they are stored")
  func sameBits() {
    let times = [
      "train": 23.480199813842773, "gate": 0.7177734375, "ask": 1.9031, "grade": 0.1,
      "total": 15.3,
    ]
    let dealt = (0..<12).map { power in
      var copy: [String: Double] = [:]
      copy.reserveCapacity(1 << power)
      for (key, value) in times { copy[key] = value }
      return RunRecord.dealtOut(copy)
    }
    #expect(Set(dealt).count == 1)
  }
}
