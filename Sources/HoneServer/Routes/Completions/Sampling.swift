internal import Hone
internal import HoneAPI

/// What completions and chats have in common between the wire and the engine.
enum Sampling {
  /// Equal requests without a seed must not have equal answers.
  static func seed(_ seed: Int?) -> UInt64 {
    seed.map { UInt64(bitPattern: Int64($0)) } ?? UInt64.random(in: .min ... .max)
  }

  /// A bias for each token: by decimal id or, as the guide writes it, by text of exactly one token.
  static func bias(_ bias: [String: Double]?, _ model: CompletionModel) throws(RequestError) -> [Int32: Float] {
    var result: [Int32: Float] = [:]
    for (key, value) in bias ?? [:] {
      guard let token = Int32(key) ?? model.token(of: key) else {
        throw .wrong(
          parameter: "logit_bias", expected: "names that are token ids or the text of exactly one token",
          found: "another")
      }
      result[token] = Float(value)
    }
    return result
  }

  /// Tokens that a request may use, as far as can be told before it runs: a token has some four bytes.
  static func estimate(promptBytes: Int, promptTokens: Int, maxTokens: Int, sequences: Int) -> Int {
    let (answer, overflow) = max(0, maxTokens).multipliedReportingOverflow(by: max(1, sequences))
    return min(overflow ? Int.max / 2 : answer, Int.max / 2) + promptBytes / 4 + promptTokens
  }

  /// The header lines for what the caller should know.
  static func headers(_ warnings: [String]) -> [(String, String)] {
    warnings.prefix(4).map { (Router.warningHeader, headerText($0)) }
  }

  /// A text as a header can hold it: visible ASCII on one line, of a bounded length.
  private static func headerText(_ text: String) -> String {
    String(text.unicodeScalars.prefix(400).map { (0x20...0x7E).contains($0.value) ? Character($0) : "?" })
  }
}

extension FinishReason {
  init(_ reason: CompletionChoice.FinishReason) {
    self =
      switch reason {
      case .stop: .stop
      case .length: .length
      }
  }
}
