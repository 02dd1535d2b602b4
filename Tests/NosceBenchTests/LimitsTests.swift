import CNosceBench
import NosceBench
import NosceFormats
import Testing

@Suite("The machine's limits")
struct LimitsTests {
  @Test("the loops compute what they say, so they cannot have been left out")
  func sums() {
    var mean: Float = 0
    // 1 - 1/2^rounds, off by the small numbers that the sums start with.
    #expect(nosce_bench_float32(3, &mean) > 0)
    #expect(abs(mean - 0.875) < 1e-6)
    #expect(nosce_bench_float32(0, &mean) == 0)
    #expect(abs(mean) < 2e-6)
    let operations = nosce_bench_bfloat16(1000, &mean)
    #expect((operations > 0) == nosce_bench_has_bfloat16())
    if operations > 0 { #expect(abs(mean - 2000) < 1e-2) }
  }

  @Test("the operations are two for each multiply-add of each round")
  func operations() {
    var mean: Float = 0
    let one = nosce_bench_float32(1, &mean)
    #expect(nosce_bench_float32(10, &mean) == 10 * one)
    // Vectors of four, eight or sixteen lanes.
    #expect([96, 128, 192, 384].contains(one))
  }

  @Test("reading adds up every number once a pass")
  func reading() {
    let count = 1024
    let raw = UnsafeMutableRawPointer.allocate(byteCount: count * 4, alignment: 64)
    defer { raw.deallocate() }
    let values = raw.bindMemory(to: Float.self, capacity: count)
    for index in 0..<count { values[index] = Float(index) }
    var sum: Float = 0
    #expect(nosce_bench_read(values, count, 3, &sum) == Double(3 * count * 4))
    #expect(sum == Float(3 * count * (count - 1) / 2))
  }

  @Test("peaks are found for one thread and for two", arguments: [1, 2])
  func peaks(_ threads: Int) {
    let limits = MachineLimits.peaks(threads: threads)
    #expect(limits.float32Peak.isFinite && limits.float32Peak > 0)
    #expect((limits.bfloat16Peak != nil) == nosce_bench_has_bfloat16())
    #expect(limits.peak >= limits.float32Peak)
    #expect(limits.readBandwidth.isEmpty)
  }

  @Test("limits come through their JSON", arguments: [nil, 466e9])
  func json(_ bfloat16: Double?) throws {
    let limits = MachineLimits(
      threads: 2, float32Peak: 232e9, bfloat16Peak: bfloat16,
      readBandwidth: [4096: 200e9, 524_288: 30e9])
    let text = limits.json.text(indent: 0)
    #expect(try MachineLimits(JSON(parsing: text)) == limits)
    #expect(limits.cacheBandwidth == 200e9)
    #expect(limits.memoryBandwidth == 30e9)
  }

  @Test("the higher of two measurements counts")
  func merging() {
    let one = MachineLimits(
      threads: 2, float32Peak: 1, bfloat16Peak: 4, readBandwidth: [4096: 5])
    let other = MachineLimits(
      threads: 2, float32Peak: 2, bfloat16Peak: 3, readBandwidth: [4096: 6])
    #expect(
      one.merging(other)
        == MachineLimits(threads: 2, float32Peak: 2, bfloat16Peak: 4, readBandwidth: [4096: 6]))
  }
}
