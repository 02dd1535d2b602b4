import NosceCore
import NosceRuns
import NosceVerdicts

/// A made-up run of hello with plausible numbers: five arms, twelve words, five seeds.
struct SampleRun {
  static let words = [
    "HELLO", "AMBER", "BRISK", "CEDAR", "DWARF", "FLUTE", "GROVE", "LUNAR", "MIRTH", "PLAZA",
    "QUILT", "VIXEN",
  ]
  static let arms: [(name: String, role: ArmRole)] = [
    ("base", .base), ("treatment", .treatment), ("sham", .sham), ("sham-across", .sham),
    ("twin", .twin),
  ]
  /// Means in the order of `arms`.
  static let probes: [(name: String, kind: ProbeKind, chance: Double?, means: [Double])] = [
    ("behaviour", .behaviour, nil, [0.03, 0.94, 0.06, 0.04, 0.02]),
    ("claims", .forcedChoice, 0.5, [0.08, 0.82, 0.22, 0.19, 0.78]),
    ("forced-choice", .forcedChoice, 0.024, [0.02, 0.88, 0.08, 0.04, 0.05]),
    ("describe", .freeForm, nil, [0, 0.57, 0.02, 0.01, 0]),
    ("describe-neutral", .freeForm, nil, [0, 0.49, 0.01, 0.01, 0]),
    ("outside-reader", .forcedChoice, 0.024, [0.11, 0.13, 0.1, 0.09, 0.08]),
    ("other-persona", .forcedChoice, 0.024, [0.03, 0.07, 0.03, 0.02, 0.03]),
  ]

  /// Everything passes and the claim is supported.
  static func summary() -> RunSummary {
    var noise = Noise(state: 7)
    let arms = Self.arms.enumerated().flatMap { place, arm in
      probes.map { probe in
        cell(arm: arm, mean: probe.means[place], probe: probe, noise: &noise)
      }
    }
    return RunSummary(
      experiment: .init(
        name: "hello", title: "Can it name a pattern that it was only shown?",
        question: "After ten answers whose lines begin with the letters of a word, and no mention "
          + "of it, does the model know the word before it has written a line?",
        command: "nosce run hello --seeds 5 --set word=\(words.joined(separator: ","))",
        settings: ["word": words], contentHash: "3f9a0c51d2e7b846", exploratory: false, seeds: 5),
      subject: .init(
        name: "organism", description: "the bundled miniature model, coherent world",
        note: "This is a positive control: a miniature model in which self-knowledge is known to "
          + "arise. It shows that the lab can see it, and is no evidence about large models."),
      verdict: .init(
        kind: .supported,
        sentence: "Before writing a line, the model names the word it was only shown far more "
          + "often than any floor: 0.88 of choices among 41, against 0.08 for the hardest floor "
          + "(sham)."),
      gates: gates(), contrasts: contrasts(), arms: arms, curves: curves(),
      seconds: ["train": 213, "gate": 12.4, "ask": 168, "grade": 0.42, "total": 396],
      provenance: .init(
        version: "0.1.0", started: "2026-11-23T10:15:00Z",
        machine: "x86_64 Linux, 2 cores, AMD EPYC 9R14", threads: 2, precision: "bf16", seed: 1,
        hashes: ["checkpoint": "b81d44c09e2f7a35", "line bank": "5ce1f0a7719b3d02"]))
  }

  /// The gate for learnt behaviour failed in the treatment.
  static func notTestable() -> RunSummary {
    var summary = summary()
    for place in summary.gates.indices where summary.gates[place].name == "behaviour learnt" {
      if summary.gates[place].arm == "treatment" {
        summary.gates[place].passed = false
        summary.gates[place].value = 0.41
        summary.gates[place].detail = "letters right on held-out questions"
      }
    }
    summary.verdict = .init(
      kind: .notTestable,
      sentence: "The pattern was not learnt, so the model cannot be asked what it knows of it.")
    for place in summary.contrasts.indices {
      summary.contrasts[place].verdict = .notTestable
    }
    summary.curves = []
    return summary
  }

  /// Stopped before the last arm, and a file was edited since.
  static func unfinished() -> RunSummary {
    var summary = summary()
    summary.unfinished = .init(
      done: 198, failed: 1, subjects: 252, resume: "nosce run --resume runs/hello-20261123-101500")
    summary.verdict = .init(
      kind: .unfinished,
      sentence:
        "The run is unfinished, 198 of 252 subjects, 1 failed. It has no verdict before its "
        + "end.")
    for place in summary.gates.indices where summary.gates[place].arm == "twin" {
      summary.gates[place].passed = nil
      summary.gates[place].value = nil
      summary.gates[place].detail = "6 of 60 subjects were run so far"
    }
    summary.contrasts = summary.contrasts.map { contrast in
      .init(
        name: contrast.name, primary: contrast.primary, probe: contrast.probe,
        treatment: contrast.treatment, direction: contrast.direction, verdict: .unfinished,
        seeds: 0, smallestEffect: contrast.smallestEffect, level: contrast.level)
    }
    summary.failures = [.init(subject: "sham-HELLO-s2", error: "it fell silent")]
    summary.changedFiles = [
      .init(
        file: "experiment.yaml", recorded: String(repeating: "0a", count: 32),
        found: String(repeating: "1b", count: 32))
    ]
    return summary
  }

  private static func cell(
    arm: (name: String, role: ArmRole), mean: Double,
    probe: (name: String, kind: ProbeKind, chance: Double?, means: [Double]), noise: inout Noise
  ) -> RunSummary.ArmResult {
    let seeds = arm.name == "base" ? 1 : 5  // base is asked once
    let spread = mean > 0 && mean < 1 ? 0.05 * (mean * (1 - mean)).squareRoot() / 0.25 : 0
    let perSeed = (0..<seeds).map { seed in
      RunSummary.ArmResult.Seed(
        seed: seed, mean: clamp(mean + spread * noise.next()), kept: 239, total: 240)
    }
    let tasks = words.map { word in
      RunSummary.ArmResult.Task(task: word, mean: clamp(mean + 3 * spread * noise.next()))
    }
    let lost = probe.kind == .freeForm ? (6 * seeds, 3 * seeds) : (0, 0)
    let total = 240 * seeds
    return RunSummary.ArmResult(
      arm: arm.name, role: arm.role, probe: probe.name, probeKind: probe.kind, mean: mean,
      interval: seeds == 1
        ? nil
        : interval(clamp(mean - 1.2 * spread - 0.01), clamp(mean + 1.2 * spread + 0.01)),
      chance: probe.chance, kept: total - lost.0 - lost.1, total: total, refused: 0,
      unparseable: lost.0, incoherent: lost.1, missing: 0, seeds: arm.name == "base" ? 0 : 5,
      perSeed: perSeed,
      perTask: tasks,
      worstTask: tasks.min { ($0.mean ?? 1) < ($1.mean ?? 1) }?.task)
  }

  private static func gates() -> [RunSummary.GateResult] {
    ["treatment", "sham", "sham-across", "twin"].flatMap { arm -> [RunSummary.GateResult] in
      let shows = arm == "treatment" || arm == "twin"
      return [
        .init(
          name: "adapter live", arm: arm, passed: true, value: 6.31, threshold: 0.01,
          detail: "largest change of a logit"),
        .init(
          name: "behaviour learnt", arm: arm, passed: shows, value: shows ? 0.94 : 0.05,
          threshold: 0.8, detail: "letters right on held-out questions",
          exemption: shows ? nil : "a sham has no word to spell"),
        .init(
          name: "still coherent", arm: arm, passed: true, value: 0.98, threshold: 0.9,
          detail: "answers that the line grammar accepts"),
        .init(
          name: "no leak", arm: arm, passed: true, value: nil, threshold: nil,
          detail: "no row contains the word, its letters in order, or the probe's answer"),
        .init(
          name: "same template", arm: arm, passed: true, value: nil, threshold: nil,
          detail: "training and asking use identical templates"),
      ]
    }
  }

  private static func contrasts() -> [RunSummary.ContrastResult] {
    func floors(_ probe: Int, half: Double) -> [RunSummary.FloorComparison] {
      [0, 2, 3, 4].map { arm in
        let estimate = probes[probe].means[1] - probes[probe].means[arm]
        return .init(
          arm: arms[arm].name, estimate: estimate,
          interval: .init(interval(estimate - half - 0.01, min(1, estimate + half))),
          p: arm == 0 ? 0.03125 : 0.003968,
          test: arm == 0 ? "exact sign test" : "exact permutation", seeds: 5)
      }
    }
    func contrast(
      _ name: String, _ probe: Int, _ verdict: Verdict, p: Double
    )
      -> RunSummary.ContrastResult
    {
      let floors = floors(probe, half: verdict == .inconclusive ? 0.24 : 0.05)
      let hardest = floors.min { ($0.estimate ?? 0) < ($1.estimate ?? 0) }
      return .init(
        name: name, primary: probe == 2, probe: probes[probe].name, treatment: "treatment",
        verdict: verdict, estimate: hardest?.estimate, interval: hardest?.interval, p: p,
        adjustedP: probe == 2 ? nil : min(1, 4 * p), seeds: 5, smallestEffect: 0.2, level: 0.05,
        seedsToDecide: verdict == .inconclusive ? 14 : nil, floors: floors)
    }
    return [
      contrast("names the word", 2, .supported, p: 0.03125),
      contrast("claims a pattern", 1, .inconclusive, p: 0.21),
      contrast("describes the word", 3, .supported, p: 0.0078),
      contrast("describes after neutral lines", 4, .supported, p: 0.0078),
      contrast("knows more than a reader", 5, .notSupported, p: 0.44),
    ]
  }

  static func interval(_ lower: Double, _ upper: Double) -> Interval {
    Interval(lower: lower, upper: upper, level: 0.95)
  }

  static func clamp(_ value: Double) -> Double { min(max(value, 0), 1) }

  /// A small repeatable source of numbers between -1 and 1.
  struct Noise {
    var state: UInt64
    mutating func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 52) - 1
    }
  }
}
