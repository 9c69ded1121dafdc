import ArgumentParser
import Foundation
import Hone

struct TuneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune", abstract: "Fine-tune a model on examples, or on plain texts.",
    discussion: """
      The same command after an interruption goes on where it stopped.
      EXAMPLES
        hone tune -t train.jsonl -v valid.jsonl -m nano --compute-classification-metrics \\
          --classification-n-classes 14 --suffix emails
        hone tune --text abstracts.jsonl --column abstract -m nano --max-length 300 --valid-fraction 0.2 --seed 200
      """)
  @Option(name: [.customShort("t"), .long], help: "JSON Lines of prompt and completion, or of chat messages.")
  var trainingFile: String?
  @Option(name: [.customShort("v"), .long], help: "The same for validation.") var validationFile: String?
  @Option(name: .shortAndLong, help: "The model to start from.") var model = "nano"
  @Option(help: "Texts for plain language modelling; may be given several times.") var text: [String] = []
  @Option(help: "The column or field of --text that holds the text (default text).") var column: String?
  @Option(help: "Tokens of one example or text that are used (default: the model's context).") var maxLength: Int?
  @Option(help: "What becomes of longer texts: cut or split.") var long = "cut"
  @Option(help: "Share of the texts that validate.") var validFraction = 0.1
  @Option(help: "Part of the tuned model's name.") var suffix: String?
  @Option(name: .customLong("n-epochs"), help: "Passes over the examples (default 4; 1 for texts).") var epochs: Int?
  @Option(help: "Examples a step (default 0.2 % of them, 1 to 256; 16 for texts).") var batchSize: Int?
  @Option(help: "Times the model's own rate (default 0.05 to 0.2, growing with the batch).")
  var learningRateMultiplier: Double?
  @Option(help: "The learning rate itself, instead of a multiplier.") var learningRate: Double?
  @Option(help: "Times the rate, for the table of token vectors (default the model's own: 1 for most, 4 for nano).")
  var tokenTableRate: Double?
  @Option(help: "Weight of the prompt's tokens in the loss (default 0.01).") var promptLossWeight: Double?
  @Flag(help: "Accuracy, F1 and more over the labels, after every epoch.") var computeClassificationMetrics = false
  @Option(name: .customLong("classification-n-classes"), help: "How many classes there are.") var classCount: Int?
  @Option(name: .customLong("classification-positive-class"), help: "The positive one of two classes.")
  var positiveClass: String?
  @Option(name: .customLong("classification-betas"), parsing: .upToNextOption, help: "F-beta scores to compute.")
  var betas: [Double] = []
  @Option(help: "Decides every random choice.") var seed: UInt64 = 42
  @Option(help: "constant, linear, cosine or exponential.") var schedule = "linear"
  @Option(help: "Share of the steps that warm up.") var warmupFraction = 0.05
  @Option(help: "Steps after which the exponential schedule has applied its rate once (default: an epoch).")
  var decaySteps: Int?
  @Option(help: "The exponential schedule's rate (default 0.9).") var decayRate: Double?
  @Option(help: "AdamW's weight decay (default 0.01).") var weightDecay: Double?
  @Option(help: "Share of values set to zero while training (default 0).") var dropout: Double?
  @Option(help: "Share of a prompt's tokens left out, other ones in every epoch (default 0).")
  var promptDropout: Double?
  @Flag(help: "Train on another random part of each long prompt in every epoch.") var randomCrops = false
  @Option(help: "Largest norm of the gradients (default 1).") var gradientClip: Double?
  @Flag(help: "Give every class the same weight in the loss.") var classWeights = false
  @Flag(help: "Draw every class equally often.") var balancedSampling = false
  @Flag(inversion: .prefixedNo, help: "End with the best epoch's weights (default: with a validation file).")
  var keepBest: Bool?
  @Option(help: "Stop after this many epochs without a better validation.") var patience: Int?
  @Option(help: "A folder that gets the curves as an event file for TensorBoard.") var tensorboard: String?
  @Option(name: .shortAndLong, help: "A folder that also gets the tuned model and the results file.")
  var output: String?
  @OptionGroup var format: OutputOptions

  func run() async throws {
    let request = try request()
    try await runTune(request, output: output, json: format.json)
  }

  private func request() throws -> TuneRequest {
    guard ["cut", "split"].contains(long) else { throw ValidationError("--long: expected cut or split, found \(long)") }
    guard let schedule = TuneRequest.Schedule(rawValue: schedule) else {
      throw ValidationError("--schedule: expected constant, linear, cosine or exponential, found \(schedule)")
    }
    var request = TuneRequest(model: model)
    request.trainingFile = trainingFile.map { URL(fileURLWithPath: $0) }
    request.validationFile = validationFile.map { URL(fileURLWithPath: $0) }
    if !text.isEmpty {
      var source = TuneRequest.TextSource(
        files: text.map { URL(fileURLWithPath: $0) }, column: column, maxLength: maxLength ?? Int.max,
        validFraction: validFraction)
      source.splitsLongTexts = long == "split"
      request.text = source
    }
    request.suffix = suffix
    request.epochs = epochs
    request.batchSize = batchSize
    request.learningRateMultiplier = learningRateMultiplier
    request.learningRate = learningRate
    request.tokenTableRate = tokenTableRate
    request.promptLossWeight = promptLossWeight
    request.computeClassificationMetrics = computeClassificationMetrics
    request.classCount = classCount
    request.positiveClass = positiveClass
    request.betas = betas
    request.seed = seed
    request.schedule = schedule
    request.warmupFraction = warmupFraction
    request.decaySteps = decaySteps
    request.decayRate = decayRate
    request.weightDecay = weightDecay
    request.dropout = dropout
    request.promptDropout = promptDropout
    request.randomCrops = randomCrops
    request.gradientClip = gradientClip
    request.classWeights = classWeights
    request.balancedSampling = balancedSampling
    request.keepBest = keepBest
    request.patience = patience
    request.maxLength = text.isEmpty ? maxLength : nil
    request.eventFolder = tensorboard.map { URL(fileURLWithPath: $0, isDirectory: true) }
    return request
  }
}

/// Trains and prints: what the data holds, a line of progress on a terminal, the report at the end.
func runTune(_ request: TuneRequest, output: String?, json: Bool) async throws {
  try await reporting {
    var progress = ProgressLine()
    let result = try Home().tune(request, output: output.map { URL(fileURLWithPath: $0, isDirectory: true) }) { event in
      switch event {
      case .message(let text):
        progress.clear()
        printError(text)
      case .warning(let text):
        progress.clear()
        printError("warning: \(text)")
      case .progress(let state): progress.show(state)
      case .epoch(let epoch, let total, let metrics):
        progress.clear()
        printError("Completed epoch \(epoch)/\(total)  \(epochLine(metrics, meanLoss: progress.takeMeanLoss()))")
      }
    }
    if let report = result.report { print(report) }
    print("\nFine-tuned model: \(result.fineTunedModel)")
    print("Results: \(result.resultsFile)")
    if let before = result.perplexityBefore, let after = result.perplexity {
      print(String(format: "Validation perplexity: %.2f before, %.2f after", before, after))
    }
    print(
      String(
        format: "%.0f tokens/s, %.0f MB of memory at most", result.tokensPerSecond,
        Double(result.peakMemoryBytes) / 1e6))
    if json { try printJSON(result) }
  }
}

/// The metrics of an epoch's end; `meanLoss` is that of its steps, of which the last alone says little.
private func epochLine(_ metrics: [String: Double], meanLoss: Double?) -> String {
  var metrics = metrics
  metrics["training_loss"] = meanLoss ?? metrics["training_loss"]
  let names = [
    ("training_loss", "loss"), ("validation_loss", "validation loss"), ("validation_token_accuracy", "token accuracy"),
    ("classification/accuracy", "accuracy"), ("classification/weighted_f1_score", "weighted F1"),
    ("classification/f1.0", "F1"),
  ]
  return names.compactMap { key, name in metrics[key].map { String(format: "\(name) %.4f", $0) } }
    .joined(separator: "  ")
}

/// One line on a terminal that is drawn over itself: bar, loss, speed and time left.
private struct ProgressLine {
  private let start = ContinuousClock.now
  private var first: TuneProgress?
  private var smoothedLoss: Double?
  private var losses: (sum: Double, count: Int) = (0, 0)
  private var isShown = false
  private var lastDrawn = ContinuousClock.now

  mutating func show(_ state: TuneProgress) {
    smoothedLoss = smoothedLoss.map { 0.95 * $0 + 0.05 * state.loss } ?? state.loss
    losses = (losses.sum + state.loss, losses.count + 1)
    guard progressIsVisible else { return tellSometimes(state) }
    let now = ContinuousClock.now
    guard !isShown || now - lastDrawn > .milliseconds(100) || state.step == state.totalSteps else { return }
    lastDrawn = now
    let seconds = (now - start) / .seconds(1)
    if first == nil { first = state }
    let steps = state.step - (first?.step ?? state.step) + 1
    let tokens = state.tokens - (first?.tokens ?? 0)
    let left = seconds / Double(max(1, steps)) * Double(state.totalSteps - state.step)
    let width = 24
    let done = state.step * width / max(1, state.totalSteps)
    let bar = String(repeating: "█", count: done) + String(repeating: "░", count: width - done)
    printError(
      String(
        format: "\r\(bar) %d/%d  loss %.3f  %.0f tokens/s  %@ left\u{1B}[K", state.step, state.totalSteps,
        smoothedLoss ?? 0, Double(tokens) / max(seconds, 0.001), timeText(left) as NSString), terminator: "")
    isShown = true
  }

  /// Without a terminal: a line every twentieth of the way.
  private func tellSometimes(_ state: TuneProgress) {
    guard state.step * 20 / state.totalSteps > (state.step - 1) * 20 / state.totalSteps else { return }
    printError(String(format: "Step %d/%d  loss %.4f", state.step, state.totalSteps, smoothedLoss ?? 0))
  }

  /// The mean loss of the steps since the last call, nil where there were none.
  mutating func takeMeanLoss() -> Double? {
    defer { losses = (0, 0) }
    return losses.count > 0 ? losses.sum / Double(losses.count) : nil
  }

  mutating func clear() {
    if isShown { printError("\r\u{1B}[K", terminator: "") }
    isShown = false
  }

  private func timeText(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    return whole >= 3600
      ? String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
      : String(format: "%d:%02d", whole / 60, whole % 60)
  }
}
