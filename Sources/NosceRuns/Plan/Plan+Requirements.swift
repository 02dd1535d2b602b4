import Foundation
import NosceCore
import NoscePorts
import NosceRows

/// What a plan that was kept holds whoever carries it out to.
extension Plan {
  /// Refuses other models, another chat template, another judge and other materials than were planned
  /// with.
  ///
  /// - Parameter place: where the plan lies.
  package func require(
    _ model: any ModelProvider, judge: (any ModelProvider)?, materials: Materials, in place: URL
  ) throws {
    let found = model.identity
    try Self.requireSameTemplate(self.model, found, in: place)
    guard self.model.name == found.name, self.model.contentHash == found.contentHash else {
      throw LabError(
        .version,
        "\(place.path): found a run on \(self.model.name) (\(self.model.contentHash.prefix(12))); "
          + "allowed: the same model, not \(found.name) (\(found.contentHash.prefix(12)))")
    }
    let rating = judge?.identity
    if let planned = self.judge, let rating {
      try Self.requireSameTemplate(planned, rating, in: place)
    }
    guard self.judge?.name == rating?.name, self.judge?.contentHash == rating?.contentHash else {
      throw LabError(
        .version,
        "\(place.path): found answers rated by \(self.judge?.name ?? "no judge"); allowed: the same "
          + "judge, not \(rating?.name ?? "none")")
    }
    guard self.materials == materials.mark else {
      throw LabError(
        .version,
        "\(place.path): found a run with the materials \(self.materials?.name ?? "?") "
          + "(\(self.materials?.hash.prefix(12) ?? "?")); allowed: the same, not "
          + "\(materials.name) (\(materials.hash.prefix(12))) in \(materials.folder.path)")
    }
    guard trainer == model.trainer?.name else {
      throw LabError(
        .version,
        "\(place.path): found a run of which subjects are trained by \(trainer ?? "Nosce"); allowed: "
          + "the same, not \(model.trainer?.name ?? "Nosce") (--trainer)")
    }
  }

  /// Refuses a plan that is not as it was made.
  ///
  /// - Parameter file: where it was read from.
  package func requireWhole(in file: URL) throws {
    let rowsAreWhole = cells.compactMap(\.training).allSatisfy {
      Fingerprint.hash(of: $0.rows) == $0.rowsHash
    }
    guard rowsAreWhole, Fingerprint.hash(of: self) == contentHash else {
      throw LabError(
        .version,
        "\(file.path): found a plan that was changed since it was made; allowed: the plan "
          + "as Nosce wrote it. Start a new run")
    }
  }

  /// Refuses a model that is asked through another chat template than in the plan.
  private static func requireSameTemplate(
    _ planned: ModelIdentity, _ found: ModelIdentity, in place: URL
  ) throws {
    func words(_ template: GivenTemplate?) -> String { template?.words ?? "the model's own" }
    if planned.template == nil, found.template == nil { return }
    guard planned.name == found.name, planned.template?.isSame(as: found.template) != true else {
      return
    }
    throw LabError(
      .version,
      "\(place.path): found a run on \(planned.name) through the chat template "
        + "\(words(planned.template)); allowed: the same, not \(words(found.template))")
  }
}
