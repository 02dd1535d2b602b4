import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows

/// Where, when and with what a run was made.
package struct Provenance: Codable, Sendable, Equatable {
  /// The version of Nosce.
  package var version: String
  /// ISO 8601.
  package var started: String
  package var machine: String
  package var threads: Int
  package var precision: String
  package var seed: UInt64
  /// By what was hashed: experiment, plan, model, materials.
  package var hashes: [String: String]

  package init(
    version: String, started: String, machine: String, threads: Int, precision: String,
    seed: UInt64, hashes: [String: String]
  ) {
    self.version = version
    self.started = started
    self.machine = machine
    self.threads = threads
    self.precision = precision
    self.seed = seed
    self.hashes = hashes
  }

  /// The provenance of a run of a plan that starts now on this machine.
  package static func now(
    version: String, plan: Plan, threads: Int, precision: String, date: Date = Date()
  ) throws -> Provenance {
    Provenance(
      version: version, started: date.ISO8601Format(), machine: machineDescription,
      threads: threads, precision: precision, seed: plan.experiment.seed,
      hashes: [
        "experiment": Fingerprint.hash(of: plan.experiment), "plan": plan.contentHash,
        "model": plan.model.contentHash,
      ].merging(plan.materials.map { ["materials": $0.hash] } ?? [:]) { $1 })
  }

  /// The operating system, the architecture, the number of processors and what they are.
  package static var machineDescription: String {
    #if arch(x86_64)
    let architecture = "x86_64"
    #elseif arch(arm64)
    let architecture = "arm64"
    #else
    let architecture = "other"
    #endif
    let process = ProcessInfo.processInfo
    return "\(process.operatingSystemVersionString), \(architecture), "
      + "\(process.activeProcessorCount) processors"
      + (Processor.name.map { ", \($0)" } ?? "")
  }
}
