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
      let each = requests(for: request)
      items.append(
        item(
          asked.probe, requests: asked.prompts * each,
          read: asked.prompts * (each * own + texts), written: asked.prompts * each))
    }
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

  /// How many requests one set of given texts takes.
  private func requests(for request: ScoreRequest) -> Int {
    if case .drawn(let count) = capabilities.scoring {
      return DrawnScoring.requests(count, probed.features)
    }
    if case .top = capabilities.scoring {
      // At most: the answers are drawn only where a text is not among the likeliest.
      let isDrawn = request.ending != .number && probed.features.varies
      let draws = isDrawn ? client.endpoint.settings.draws : 0
      return 1 + (draws > 0 ? DrawnScoring.requests(draws, probed.features) : 0)
    }
    guard case .exact = capabilities.scoring else { return 1 }
    if EndpointSubject.isLongScale(request, probed.features) { return 1 }
    let renderings = request.ending == .turn ? 3 : 1
    // The tokens of a text are asked for before it is scored by them.
    let each = if case .echo? = probed.features.exact { 2 } else { 1 }
    return renderings + each * request.texts.count
  }

  private static func tokens(_ chat: Chat, _ prefill: String?) -> Int {
    chat.reduce((prefill ?? "").utf8.count / bytesPerToken) { sum, message in
      sum + tokensPerTurn + message.content.utf8.count / bytesPerToken
    }
  }
}
