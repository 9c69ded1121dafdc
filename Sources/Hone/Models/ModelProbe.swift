internal import HoneModels

/// What a model answers to a few fixed tokens, kept in `hone.json` since the end of its training: whoever reads the
/// weights later can tell whether they still answer so.
///
/// The tokens are spread over the vocabulary by a rule, so that nothing of the training data is in them.
public struct ModelProbe: Sendable, Codable, Equatable {
  public let tokens: [Int32]
  /// ln p of each token but the first, given all before it.
  public let logprobs: [Float]

  /// How far a copy in float32 may be from it: what is left where another processor or library adds in another order.
  public static let tolerance: Float = 1e-4
  /// How far a copy rounded to bfloat16 may be from it, whose weights have eight significant bits. Measured on tuned
  /// models: 0.024 at most for nano, 0.012 for gpt2.
  public static let roundedTolerance: Float = 0.1

  /// Asks a model.
  ///
  /// Formula: tokens[i] = (2654435761 · (i + 1) mod 2³²) mod vocabSize
  init(asking model: LoadedModel) throws {
    let tokens = (0..<min(33, model.config.contextLength)).map { place in
      Int32(truncatingIfNeeded: (2_654_435_761 * (place + 1)) % 0x1_0000_0000 % model.config.vocabSize)
    }
    self.tokens = tokens
    logprobs = try Self.logprobs(of: tokens, model)
  }

  /// The largest difference between these answers and a model's; infinite where there is no telling.
  func distance(to model: LoadedModel) throws -> Float {
    guard !tokens.isEmpty, tokens.count <= model.config.contextLength,
      tokens.allSatisfy({ $0 >= 0 && Int($0) < model.config.vocabSize })
    else { return .infinity }
    let found = try Self.logprobs(of: tokens, model)
    guard found.count == logprobs.count else { return .infinity }
    return zip(found, logprobs).reduce(0) { largest, pair in
      let difference = abs(pair.0 - pair.1)
      return difference.isFinite ? max(largest, difference) : .infinity
    }
  }

  /// By the way on which answers are served.
  private static func logprobs(of tokens: [Int32], _ model: LoadedModel) throws -> [Float] {
    var request = CompletionRequest(prompts: [.tokens(tokens)])
    (request.maxTokens, request.echo, request.logprobs) = (0, true, 0)
    let result = try CompletionModel(model, .float32).complete(request)
    return (result.choices.first?.logprobs?.tokenLogprobs ?? []).compactMap { $0 }
  }
}

extension LoadedModel {
  /// Notes what the model answers. One whose training came to no numbers has nothing to note.
  mutating func setProbe() throws {
    let probe = try ModelProbe(asking: self)
    info.probe = probe.logprobs.allSatisfy(\.isFinite) ? probe : nil
  }

  /// Asks the model what it was asked at the end of its training, where that was noted.
  ///
  /// - Throws: `HoneError` where it answers otherwise.
  func checkProbe(within tolerance: Float = ModelProbe.tolerance) throws {
    guard let distance = try info.probe?.distance(to: self), !(distance <= tolerance) else { return }
    throw HoneError(
      "\(info.name): expected the answers that were noted when it was trained, found others (they differ by \(distance), "
        + "\(tolerance) may be)", remedy: "check the disk, or make the model again", fault: .machine,
      code: "model_answers_otherwise")
  }
}
