import Testing

@testable import compare

@Suite("Comparison")
struct ComparisonTests {
  private func line(
    _ contestant: String, mode: String = "f32", rate: Double, memory: Int = 100,
    extra: String = ""
  ) throws -> Measurement {
    let object = """
      {"workload": "lora", "model": "tiny", "mode": "\(mode)", "tok_s": \(rate), \
      "rss_mib": \(memory), "of_bf16_peak": null\(extra)}
      """
    return try Measurement(line: Measurement.marked(object, by: contestant))
  }

  @Test("the best peer and the best mode of Nosce stand side by side")
  func best() throws {
    let comparison = Comparison([
      try line("transformers f32", rate: 100, memory: 400),
      try line("nosce f32", rate: 200), try line("nosce bf16", mode: "bf16", rate: 350),
      try line("transformers bf16", mode: "bf16", rate: 50),
    ])
    let row = try #require(comparison.rows.first)
    #expect(row.nosce?.contestant == "nosce bf16")
    #expect(row.bestPeer?.contestant == "transformers f32")
    #expect(comparison.text.contains("3.50x"))
    #expect(comparison.text.contains("3.00x  met"))
    #expect(comparison.text.contains("25%     25%  met"))
  }

  @Test("without bfloat16 products there are other targets, and shares of the 32-bit peak")
  func float32Only() throws {
    let rates = #", "gflop_s": 50, "f32_peak_gflop_s": 200, "seconds": 2, "min": 1.9, "max": 2.1"#
    let comparison = Comparison([
      try line("transformers f32", rate: 100), try line("nosce f32", rate: 160, extra: rates),
    ])
    #expect(comparison.rows.first?.peakShare == 0.25)
    #expect(comparison.text.contains("1.60x   1.50x  met"))
    #expect(comparison.text.contains("+-5%"))
    #expect(
      Case(workload: "lora", size: "tiny").contestants(slow: false, with: .avx2).map(\.description)
        == ["transformers f32", "nosce f32"])
    #expect(
      Case(workload: "sample", size: "tiny").contestants(slow: false, with: .avx2)
        .map(\.description) == ["transformers f32", "llama.cpp f16", "nosce f32"])
  }

  @Test("rounds are reduced to their median")
  func rounds() throws {
    let comparison = Comparison(
      try [10, 30, 11].map { try line("nosce f32", rate: $0) }
        + [4, 6].map { try line("transformers f32", rate: $0) })
    #expect(comparison.rows.first?.nosce?.tokensPerSecond == 11)
    #expect(comparison.rows.first?.bestPeer?.tokensPerSecond == 5)
    #expect(comparison.text.contains("missed"))
  }

  @Test("rounds that others disturbed count only where there are no others")
  func disturbed() throws {
    let comparison = Comparison([
      try line("nosce f32", rate: 10, extra: #", "others_cpu": 0.5"#),
      try line("nosce f32", rate: 30, extra: #", "others_cpu": 0.01"#),
      try line("transformers f32", rate: 5, extra: #", "others_cpu": 0.3"#),
    ])
    #expect(comparison.rows.first?.nosce?.tokensPerSecond == 30)
    #expect(comparison.rows.first?.nosce?.isDisturbed == false)
    #expect(comparison.text.contains("~6.00x"))
  }

  @Test(
    "first losses within a thousandth agree", arguments: [(7.0005, true), (7.002, false)])
  func agreement(_ loss: Double, _ holds: Bool) throws {
    let comparison = Comparison([
      try line("transformers f32", rate: 1, extra: #", "loss_first": 7.0"#),
      try line("nosce f32", rate: 1, extra: #", "loss_first": \#(loss)"#),
    ])
    #expect(comparison.disagreements.isEmpty == holds)
    #expect(comparison.text.contains(holds ? "Equal results" : "DIFFERENT RESULTS"))
  }

  @Test("a sum of scores is held to the tolerance of its number format")
  func scores() throws {
    func found(_ mode: String, _ sum: Double) throws -> Measurement {
      try line("nosce \(mode)", mode: mode, rate: 1, extra: #", "sum_logprob_first_item": \#(sum)"#)
    }
    let reference = try line(
      "transformers f32 shared", rate: 1, extra: #", "sum_logprob_first_item": -2000.0"#)
    #expect(Comparison([reference, try found("bf16", -2000.5)]).disagreements.isEmpty)
    #expect(Comparison([reference, try found("f32", -2000.5)]).disagreements.count == 1)
  }

  @Test("every contestant of every case has a name of its own")
  func contestants() {
    for one in Case.all(workloads: Case.workloads, sizes: Case.sizes) {
      let names = one.contestants(slow: true).map(\.description)
      #expect(Set(names).count == names.count)
      #expect(names.contains { $0.hasPrefix("nosce") })
      #expect(Targets.speed(one) != nil)
    }
  }
}
