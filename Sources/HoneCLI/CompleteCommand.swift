public import ArgumentParser
import Foundation
public import Hone

/// The fields of a completion, shared by both names of the command.
struct CompletionOptions: ParsableArguments {
  @Option(name: .customLong("max-tokens"), help: "Tokens to generate at most.") var maxTokens = 16
  @Option(help: "0 chooses the most probable token; up to 2.") var temperature: Float = 1
  @Option(name: .customLong("top-p"), help: "Share of probability that stays in the draw.") var topP: Float = 1
  @Option(name: .customShort("n"), help: "Answers for each prompt.") var count = 1
  @Option(name: .customLong("best-of"), help: "Draw this many and keep the best n.") var bestOf: Int?
  @Option(help: "Show the log-probabilities of this many tokens at each place, 0 to 5.") var logprobs: Int?
  @Option(help: "Stop before this text; may be given up to 4 times.") var stop: [String] = []
  @Option(name: .customLong("presence-penalty"), help: "-2 to 2.") var presencePenalty: Float = 0
  @Option(name: .customLong("frequency-penalty"), help: "-2 to 2.") var frequencyPenalty: Float = 0
  @Option(name: .customLong("logit-bias"), help: "TOKEN_ID=BIAS; may be given several times.") var logitBias: [String] =
    []
  @Option(help: "The same seed gives the same samples.") var seed: UInt64?

  func request(_ prompts: [String], echo: Bool) throws -> CompletionRequest {
    var request = CompletionRequest(prompts: prompts.map { .text($0) })
    request.maxTokens = maxTokens
    request.temperature = temperature
    request.topP = topP
    request.count = count
    request.bestOf = bestOf
    request.logprobs = logprobs
    request.echo = echo
    request.stop = stop
    request.presencePenalty = presencePenalty
    request.frequencyPenalty = frequencyPenalty
    request.seed = seed ?? UInt64.random(in: 0..<1 << 53)
    for entry in logitBias {
      let parts = entry.split(separator: "=")
      guard parts.count == 2, let token = Int32(parts[0]), let bias = Float(parts[1]) else {
        throw ValidationError("--logit-bias: expected TOKEN_ID=BIAS such as 50256=-100, found \(entry)")
      }
      request.logitBias[token] = bias
    }
    return request
  }
}

struct CompleteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "complete", abstract: "Continue a prompt with a model.",
    discussion: """
      EXAMPLES
        hone complete -m nano -p 'Once upon a time' --max-tokens 40
        hone complete -m MODEL -p 'subject: sick today ->' --max-tokens 1 --temperature 0 --logprobs 5
        cat prompt.txt | hone complete -m MODEL -p -
      """)
  @Option(name: .shortAndLong, help: "The model's name.") var model = "nano"
  @Option(name: .shortAndLong, help: "The prompt; - reads standard input. May be given several times.") var prompt:
    [String] = []
  @OptionGroup var completion: CompletionOptions
  @Flag(help: "Print the prompt in front of the answer.") var echo = false
  @Flag(help: "Print the answer as it comes.") var stream = false
  @Option(help: "How weights are held: float32 (exact), bfloat16 or int8 (faster).") var weights = WeightPrecision
    .float32
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await reporting {
      let prompts = try prompt.map { $0 == "-" ? try readStandardInput() : $0 }
      let request = try completion.request(prompts, echo: echo)
      try runCompletion(model, request, weights: weights, stream: stream, json: output.json)
    }
  }
}

extension WeightPrecision: ExpressibleByArgument {}

/// Reads all of standard input as text.
func readStandardInput() throws -> String {
  let data = FileHandle.standardInput.readDataToEndOfFile()
  guard let text = String(validating: data, as: UTF8.self) else {
    throw HoneError("standard input: expected UTF-8 text, found other bytes", remedy: "convert the text to UTF-8")
  }
  return text
}

/// Completes and prints: the text alone, or with tables of log-probabilities, or as JSON.
func runCompletion(
  _ model: String, _ request: CompletionRequest, weights: WeightPrecision = .float32, stream: Bool, json: Bool
) throws {
  var request = request
  if request.prompts.isEmpty { request.prompts = [.text("")] }
  let streams = stream && !json && request.prompts.count * request.count == 1
  let result = try Home().completionModel(model, weights: weights).complete(request) { event in
    if streams, case .text(_, let piece) = event { FileHandle.standardOutput.write(Data(piece.utf8)) }
  }
  if json { return try printJSON(CompletionJSON(model: model, result)) }
  if streams {
    print("")
  } else {
    for choice in result.choices {
      if result.choices.count > 1 { print("===== Completion \(choice.index) =====") }
      print(choice.text)
    }
  }
  for choice in result.choices {
    guard let logprobs = choice.logprobs else { continue }
    print("")
    for (index, token) in logprobs.tokens.enumerated() {
      let alternatives = (logprobs.topLogprobs[index] ?? []).map {
        "\($0.token.debugDescription) \(percent($0.logprob))"
      }
      printColumns([[token.debugDescription, logprobs.tokenLogprobs[index].map(percent) ?? "-"] + alternatives])
    }
  }
}

private func percent(_ logprob: Float) -> String { String(format: "%.1f%%", 100 * exp(Double(logprob))) }

/// A completion as the API writes it.
struct CompletionJSON: Encodable {
  struct Choice: Encodable {
    let index: Int
    let text: String
    let finish_reason: String
    let logprobs: Logprobs?
  }
  struct Logprobs: Encodable {
    let tokens: [String]
    let token_logprobs: [Float?]
    let top_logprobs: [[String: Float]?]
    let text_offset: [Int]
  }
  struct Usage: Encodable {
    let prompt_tokens: Int
    let completion_tokens: Int
    let total_tokens: Int
  }
  let object = "text_completion"
  let model: String
  let choices: [Choice]
  let usage: Usage

  init(model: String, _ result: CompletionResult) {
    self.model = model
    choices = result.choices.map { choice in
      Choice(
        index: choice.index, text: choice.text, finish_reason: choice.finishReason.rawValue,
        logprobs: choice.logprobs.map { logprobs in
          Logprobs(
            tokens: logprobs.tokens, token_logprobs: logprobs.tokenLogprobs,
            top_logprobs: logprobs.topLogprobs.map { row in
              row.map { Dictionary($0.map { ($0.token, $0.logprob) }, uniquingKeysWith: { first, _ in first }) }
            }, text_offset: logprobs.textOffset)
        })
    }
    usage = Usage(
      prompt_tokens: result.promptTokens, completion_tokens: result.completionTokens,
      total_tokens: result.promptTokens + result.completionTokens)
  }
}
