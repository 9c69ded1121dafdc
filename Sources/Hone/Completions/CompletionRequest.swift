internal import HoneModels

/// What to complete and how; the fields and ranges of the completions API.
public struct CompletionRequest: Sendable {
  /// Text, or ids of the model's own vocabulary.
  public enum Prompt: Sendable, Equatable {
    case text(String)
    case tokens([Int32])
  }

  public var prompts: [Prompt]
  public var maxTokens = 16
  public var temperature: Float = 1
  public var topP: Float = 1
  public var count = 1  // n
  public var bestOf: Int?
  /// How many of the most probable tokens to report at each place. nil: report nothing.
  public var logprobs: Int?
  public var echo = false
  public var stop: [String] = []
  public var presencePenalty: Float = 0
  public var frequencyPenalty: Float = 0
  /// Added to the logit of a token before sampling.
  public var logitBias: [Int32: Float] = [:]
  public var seed: UInt64?
  /// Ends every prompt with the separator that the model was trained with, where it is missing.
  public var autoFormat = false

  /// What a chat asks for beyond the completions API.
  var mostLogprobs = 5
  var endsOfTurn: [String] = []
  var dropsFirstSpace = false
  var checksSeparator = true

  public init(prompts: [Prompt]) { self.prompts = prompts }

  public init(prompt: String) { prompts = [.text(prompt)] }

  var options: SamplingOptions {
    var options = SamplingOptions()
    options.temperature = temperature
    options.topP = topP
    options.presencePenalty = presencePenalty
    options.frequencyPenalty = frequencyPenalty
    options.logitBias = logitBias
    return options
  }

  /// Checks every field against its range and the model's vocabulary.
  func check(vocabSize: Int) throws {
    func fail(_ parameter: String, _ expected: String, _ found: String) -> HoneError {
      HoneError(
        "\(parameter): expected \(expected), found \(found)", remedy: "change \(parameter)", parameter: parameter,
        code: "invalid_value")
    }
    func checkRange(_ name: String, _ value: Float, _ range: ClosedRange<Float>) throws {
      guard value.isFinite, range.contains(value) else {
        throw fail(name, "a number from \(range.lowerBound) to \(range.upperBound)", "\(value)")
      }
    }
    guard (1...2048).contains(prompts.count) else { throw fail("prompt", "1 to 2048 prompts", "\(prompts.count)") }
    try checkRange("temperature", temperature, 0...2)
    try checkRange("top_p", topP, 0...1)
    try checkRange("presence_penalty", presencePenalty, -2...2)
    try checkRange("frequency_penalty", frequencyPenalty, -2...2)
    guard maxTokens >= (echo ? 0 : 1) else {
      throw fail("max_tokens", echo ? "0 or more" : "1 or more (0 goes with echo only)", "\(maxTokens)")
    }
    guard (1...128).contains(count) else { throw fail("n", "1 to 128", "\(count)") }
    if let bestOf {
      guard (count...128).contains(bestOf) else { throw fail("best_of", "n (\(count)) to 128", "\(bestOf)") }
    }
    if let logprobs {
      guard (0...mostLogprobs).contains(logprobs) else {
        throw fail(mostLogprobs > 5 ? "top_logprobs" : "logprobs", "0 to \(mostLogprobs)", "\(logprobs)")
      }
    }
    guard stop.count <= 4, stop.allSatisfy({ !$0.isEmpty }) else {
      throw fail("stop", "at most 4 strings, none empty", "\(stop.count)")
    }
    for (token, bias) in logitBias {
      guard token >= 0, Int(token) < vocabSize else {
        throw fail("logit_bias", "token ids from 0 to \(vocabSize - 1)", "\(token)")
      }
      try checkRange("logit_bias", bias, -100...100)
    }
  }
}

/// One continuation of one prompt.
public struct CompletionChoice: Sendable, Equatable {
  public enum FinishReason: String, Sendable, Codable { case stop, length }

  public var index: Int
  public var text: String
  /// The ids that were generated.
  public var tokens: [Int32]
  public var finishReason: FinishReason
  public var logprobs: TokenLogprobs?
}

/// One entry per returned token; log-probabilities are at temperature 1, before bias, penalties and top-p.
public struct TokenLogprobs: Sendable, Equatable {
  public struct Alternative: Sendable, Equatable {
    public var token: String
    public var logprob: Float
  }

  /// The text of each token; `bytes:\xe6\x97` where it is not whole characters.
  public var tokens: [String] = []
  /// nil for the first token of an echoed prompt, which nothing predicts.
  public var tokenLogprobs: [Float?] = []
  /// The most probable tokens at each place, best first, and the chosen one after them when it is not among them.
  public var topLogprobs: [[Alternative]?] = []
  /// Characters (Unicode scalars) from the start of the prompt to the token.
  public var textOffset: [Int] = []

  public init() {}
}

/// All continuations, prompt-major, and what they cost.
public struct CompletionResult: Sendable, Equatable {
  public var choices: [CompletionChoice]
  public var promptTokens: Int
  public var completionTokens: Int
  /// What the caller should know, such as a prompt without the separator that the model was trained with.
  public var warnings: [String] = []
}

/// A piece of a streamed answer.
public enum CompletionEvent: Sendable, Equatable {
  /// The request was understood; nothing is computed yet.
  case started(promptTokens: Int, warnings: [String])
  /// The entries of the tokens that the next text of this choice comes from, where log-probabilities are asked for.
  case logprobs(index: Int, TokenLogprobs)
  case text(index: Int, String)
  case finished(index: Int, CompletionChoice)
  /// All choices are finished; `completionTokens` counts those of choices that are not returned too.
  case ended(completionTokens: Int)
}
