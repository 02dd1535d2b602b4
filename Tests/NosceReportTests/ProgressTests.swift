import NosceText
import Synchronization
import Testing

@Suite struct ProgressTests {
  /// A clock and a page that a test can set and read.
  final class Desk: Sendable {
    let time = Mutex(0.0)
    let page = Mutex("")
    var text: String { page.withLock { $0 } }
    func set(_ seconds: Double) { time.withLock { $0 = seconds } }
    func writer(_ target: ProgressWriter.Target) -> ProgressWriter {
      ProgressWriter(
        target: target, now: { self.time.withLock { $0 } },
        write: { text in self.page.withLock { $0 += text } })
    }
  }

  @Test func barShowsTimeLeft() {
    let line = ProgressLine(label: "train", done: 13, total: 26, elapsed: 18)
    #expect(
      line.bar(width: 60, style: .plain)
        == "train    █████████████░░░░░░░░░░░░░░   50%  13/26  18 s left")
    #expect(line.plain() == "train: 13/26 (50%), 18 s left")
  }

  @Test func resumedStageDoesNotLookTooFast() {
    let line = ProgressLine(label: "ask", done: 60, total: 100, elapsed: 10, doneAtStart: 50)
    #expect(line.secondsLeft == 40)
  }

  @Test func betterKnowledgeCounts() {
    let line = ProgressLine(
      label: "run", done: 1, total: 100, elapsed: 10, fraction: 0.5, estimate: 12)
    #expect(line.plain() == "run: 1/100 (50%), 12 s left")
  }

  @Test func noPaceNoPromise() {
    #expect(ProgressLine(label: "a", done: 0, total: 9, elapsed: 50).secondsLeft == nil)
    #expect(ProgressLine(label: "a", done: 1, total: 9, elapsed: 0.2).secondsLeft == nil)
    #expect(ProgressLine(label: "a", done: 0, total: 0, elapsed: 5).plain() == "a: 0/0 (100%)")
  }

  @Test(arguments: 1...100) func barFits(width: Int) {
    let line = ProgressLine(
      label: "a long label", done: 5, total: 9, elapsed: 7, note: "loss 0.123 at step 40")
    #expect(line.bar(width: width, style: .plain).count <= width)
  }

  @Test func logsGetALineNowAndThen() async {
    let desk = Desk()
    let writer = desk.writer(.lines)
    for second in 0...11 {
      desk.set(Double(second))
      await writer.update("train", done: second, total: 20)
    }
    await writer.finish()
    #expect(
      desk.text == """
        train: 5/20 (25%), 15 s left
        train: 10/20 (50%), 10 s left
        train: 11/20, took 11 s

        """)
  }

  @Test func shortStagesStayQuiet() async {
    let desk = Desk()
    let writer = desk.writer(.lines)
    await writer.update("grade", done: 0, total: 2)
    desk.set(0.05)
    await writer.update("grade", done: 2, total: 2)
    await writer.finish()
    #expect(desk.text == "")
  }

  @Test func barIsTakenAway() async {
    let desk = Desk()
    let writer = desk.writer(.terminal(width: 60, style: .plain))
    await writer.update("train", done: 0, total: 2)
    desk.set(2)
    await writer.update("train", done: 1, total: 2)
    await writer.message("a word")
    await writer.finish()
    let parts = desk.text.split(separator: "\r")
    #expect(parts.count == 4)
    #expect(parts[0].hasSuffix("1/2  2.0 s left\u{1B}[K"))
    #expect(parts[1] == "\u{1B}[Ka word\n")
    #expect(parts[3] == "\u{1B}[K")
  }

  @Test func silentWritesNothing() async {
    let desk = Desk()
    let writer = desk.writer(.silent)
    await writer.update("train", done: 1, total: 2)
    await writer.finish()
    #expect(desk.text == "")
  }
}
