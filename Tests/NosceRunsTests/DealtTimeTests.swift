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
}
