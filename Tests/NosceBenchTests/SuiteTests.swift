import NosceBench
import NosceFormats
import Testing

@Suite("The table")
struct SuiteTests {
  @Test("every workload runs on the sizes that it is defined for")
  func cases() {
    let cases = BenchCase.all(of: Workload.allCases, on: BenchModel.all)
    let names = cases.map { "\($0.workload.rawValue) \($0.model.name)" }
    #expect(
      names == [
        "lora tiny", "lora small", "lora smol135", "lora qwen05", "full tiny", "full small",
        "sample tiny", "sample small", "sample smol135", "sample qwen05", "single tiny",
        "single small", "single smol135", "single qwen05", "score tiny", "score small",
        "score smol135", "score qwen05", "experiment tiny",
      ])
  }

  @Test("a row shows shares of the peak and of the floor, and a failure its reason")
  func table() throws {
    let limits = MachineLimits(
      threads: 2, float32Peak: 232e9, bfloat16Peak: 466e9,
      readBandwidth: [4096: 200e9, 16_384: 60e9, 524_288: 30e9])
    let result = JSON.object([
      ("mode", .string("bf16")), ("tok_s", .number(45_084.3)), ("gflop", .number(5.292163)),
      ("gflop_s", .number(233)), ("of_bf16_peak", .number(0.5)), ("seconds", .number(0.0227128)),
      ("rss_mib", .integer(71)),
    ])
    let text = BenchTable.text(
      [
        BenchSuite.Row(
          benchCase: BenchCase(workload: .lora, model: .tiny), result: .success(result)),
        BenchSuite.Row(
          benchCase: BenchCase(workload: .single, model: .qwen05),
          result: .failure(BenchError("no such model"))),
      ], limits)
    #expect(
      text == """
        workload  size    type  tokens/s  GFLOP/s  of peak  of limit  memory
        lora      tiny    bf16    45,084      233      50%       50%  71 MiB
        single    qwen05  no such model
        """)
    #expect(
      BenchTable.headline(limits)
        == "Limits of 2 threads, measured: bf16 466 GFLOP/s, f32 232 GFLOP/s; reads 200 GB/s from "
        + "4 MiB, 60.0 GB/s from 16 MiB, 30.0 GB/s from 512 MiB.")
  }

  @Test(
    "numbers keep three digits that count",
    arguments: [
      (1_234_567.0, "1,234,567"), (1000.0, "1,000"), (99.96, "100"), (42.04, "42.0"),
      (9.996, "10.0"), (1.5, "1.50"), (0.03125, "0.0312"), (-Double.infinity, "-"),
    ])
  func numbers(_ value: Double, _ text: String) {
    #expect(BenchTable.number(value) == text)
  }

  @Test(
    "measured numbers are rounded to six digits",
    arguments: [
      (0.000123456789, 0.000123457), (123.456789, 123.457), (1_234_567.8, 1_234_568.0),
      (0.0, 0.0),
    ])
  func rounding(_ value: Double, _ expected: Double) {
    #expect(JSON.rounded(value).number == expected)
  }

  @Test("what is no number is null")
  func notANumber() {
    #expect(JSON.rounded(.nan) == .null)
    #expect(JSON.rounded(.infinity) == .null)
  }
}
