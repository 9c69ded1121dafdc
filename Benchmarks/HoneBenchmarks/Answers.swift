import Foundation
import HoneFiles
import HoneKernels
import HoneModels
import HoneTokenizers

/// `answers MODEL OUT`: what Hone says to a few texts, for `Tools/golden/gpt2_check_export.py` to compare.
///
/// OUT is JSON: the tokens of every text and the logits after its last token.
func answers(_ arguments: [String]) throws {
  guard arguments.count == 2 else { throw UsageError(text: "answers MODEL OUT") }
  let (config, weights) = try readModel(arguments[0])
  let folder = URL(fileURLWithPath: arguments[0])
  func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: folder.appending(path: name))) }
  let tokenizer = try Tokenizer(vocabularyJSON: bytes("vocab.json"), merges: bytes("merges.txt"))
  let model = GPT2Model(weights, config: config, precision: .float32)
  let long = (0..<400).map { "word number \($0)" }.joined(separator: ", ")
  let texts = ["a", "Dear all,\n\nit's 10 o'clock: 한국어, 中文, 👩‍👩‍👧, naïve\u{301} ☃ \u{0}!", "  spaces \t\n\n\n", long]
  let sequences = texts.map { text -> [String: Any] in
    let tokens = Array(tokenizer.encode(text).prefix(config.contextLength))
    var cache = GPT2Cache(config: config, slots: 1, slotRows: tokens.count)
    let logits = model.extend(&cache, [GPT2Segment(slot: 0, tokens: tokens, logits: .last)])
    var sequence: [String: Any] = ["tokens": tokens.map { Int($0) }, "last_logits": logits.map { Double($0) }]
    if tokens.count < config.contextLength { sequence["text"] = text }
    return sequence
  }
  try JSONSerialization.data(withJSONObject: ["sequences": sequences]).write(to: URL(fileURLWithPath: arguments[1]))
}
