import Foundation
import NosceCore
import NoscePorts

/// What a plan comes to over HTTP, estimated without asking anything.
extension EndpointModel {
  /// A token of prose has about four bytes; a template adds some to each turn.
  private static let (bytesPerToken, tokensPerTurn) = (4, 6)
  /// Requests of one kind that are under way at a time.
  private static let together = 8.0

  package func forecast(
    _ sample: WorkSample, within limit: Duration
  ) async throws -> ResourceForecast {
    let settings = client.endpoint.settings
    func item(_ probe: String, requests: Int, read: Int, written: Int) -> WorkBill.Item {
      WorkBill.Item(
        name: probe, requests: requests, read: read, written: written,
        cost: settings.prices.map { $0.cost(TokenUsage(input: read, output: written)) })
    }
    var items: [WorkBill.Item] = []
    for asked in sample.sampling {
      guard let first = asked.requests.first else { continue }
      let own = Self.tokens(first.chat, first.prefill)
      items.append(
        item(
          asked.probe, requests: asked.answers, read: asked.answers * own,
          written: asked.answers * first.maximumTokens))
    }
    for asked in sample.scoring {
      let request = asked.request
      let own = Self.tokens(request.chat, request.prefill)
      let texts = request.texts.reduce(0) { $0 + 1 + $1.utf8.count / Self.bytesPerToken }
      let (each, written) = requests(for: request)
      items.append(
        item(
          asked.probe, requests: asked.prompts * each,
          read: asked.prompts * (each * own + texts), written: asked.prompts * written))
    }
    if let trained = try training(sample) { items.append(trained) }
    let longest = sample.sampling.compactMap(\.requests.first?.maximumTokens).max() ?? 16
    let second = probed.seconds / Self.together
    // What is trained here takes its time here.
    let here = try await base?.forecast(sample, within: limit)
    return ResourceForecast(
      rates: WorkRates(
        perSubject: here?.rates.perSubject ?? 2,
        perTrainingRow: here?.rates.perTrainingRow ?? 0.005,
        perSampledAnswer: second * max(1, Double(longest) / 32), perScoredAnswer: second),
      peakBytes: here?.peakBytes, freeBytes: here?.freeBytes,
      bill: WorkBill(
        items: items, currency: settings.prices?.currency ?? "",
        limit: client.meter.purse?.limit, isShared: client.meter.isShared))
  }

  /// What is trained there, counted as it is when it is ordered.
  private func training(_ sample: WorkSample) throws -> WorkBill.Item? {
    guard let (rows, settings) = sample.training, sample.trainings > 0, base == nil,
      probed.features.jobs
    else { return nil }
    let file = try TuningFile(rows, of: "training", takesTexts: probed.features.recipes)
    let tokens = file.tokens(steps: settings.steps, batch: settings.batchRows) * sample.trainings
    let prices = client.endpoint.settings.prices
    return WorkBill.Item(
      name: "training", requests: sample.trainings, read: tokens, written: 0,
      cost: prices.map { Double(tokens) * ($0.training ?? 0) / 1e6 })
  }

  /// How many requests one set of given texts takes, and how many tokens are written to them: at most, but
  /// for what draws twice.
  private func requests(for request: ScoreRequest) -> (count: Int, written: Int) {
    let features = probed.features
    func drawn(_ count: Int, longest: Int) -> (count: Int, written: Int) {
      (DrawnScoring.requests(count, features), count * longest)
    }
    let longest = (request.texts.map(\.utf8.count).max() ?? 1) + DrawnScoring.margin
    if case .drawn(let count) = capabilities.scoring { return drawn(count, longest: longest) }
    let isLong = EndpointSubject.isLongScale(request, features)
    if case .exact = capabilities.scoring, !isLong {
      let renderings = request.ending == .turn ? 3 : 1
      // The tokens of a text are asked for before it is scored by them.
      let each = if case .echo? = features.exact { 2 } else { 1 }
      let count = renderings + each * request.texts.count
      return (count, count)
    }
    // Numbers may be written digit by digit, of which a few are likely enough to be followed.
    let lists = request.ending == .number && features.goesOn ? Self.listsOfScale : 1
    let draws: (count: Int, written: Int)
    if request.isRating {
      // A judge draws by itself, one answer a request.
      let count = features.goesOn ? 0 : capabilities.ratingDraws
      draws = (count, count * Capabilities.ratingTokens(of: request.texts))
    } else {
      let count = features.varies ? client.endpoint.settings.draws : 0
      draws = count > 0 ? drawn(count, longest: longest) : (0, 0)
    }
    return (lists + draws.count, lists + draws.written)
  }

  /// The first digit, what is behind each likely one, and what is behind a likely number.
  private static let listsOfScale = 12

  private static func tokens(_ chat: Chat, _ prefill: String?) -> Int {
    chat.reduce((prefill ?? "").utf8.count / bytesPerToken) { sum, message in
      sum + tokensPerTurn + message.content.utf8.count / bytesPerToken
    }
  }
}
