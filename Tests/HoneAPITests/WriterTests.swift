import Foundation
import HoneAPI
import HoneTestSupport
import Testing

private func written(_ text: String) throws -> String {
  let body = try CompletionReply(id: text, created: 0, model: "", choices: []).body()
  let line = String(decoding: body, as: UTF8.self)
  return String(line.dropFirst(6).prefix { $0 != "," })
}

@Test(arguments: [
  ("", #""""#), ("a/b", #""a/b""#), ("\"\\", #""\"\\""#), ("\n\r\t", #""\n\r\t""#),
  ("\u{0}\u{1F}\u{8}", #""\u0000\u001f\u0008""#),
  ("é한😀\u{7F}", "\"é한😀\u{7F}\""), ("\u{85}\u{2028}\u{2029}", #""\u0085\u2028\u2029""#),
  ("Å\u{2027}\u{202A}", "\"Å\u{2027}\u{202A}\""), ("\u{C5}\u{E2}", "\"\u{C5}\u{E2}\""),
])
private func aTextIsWrittenOnOneLine(_ text: String, _ json: String) throws {
  #expect(try written(text) == json)
}

@Test func anyTextIsReadBackAsItWas() throws {
  var random = Seeded(1)
  for round in 0..<2_000 {
    let text = random.text()
    let reply = CompletionReply(id: text, created: round, model: random.text(), choices: [])
    let body = try reply.body()
    #expect(try JSONDecoder().decode(CompletionReply.self, from: Data(body)) == reply, "round \(round)")
    // No reader of lines, Unicode's own line ends included, may find an end inside.
    #expect(
      String(decoding: body, as: UTF8.self).unicodeScalars.allSatisfy { !$0.properties.isWhitespace || $0 == " " })
  }
}

@Test func anyNumberIsReadBackToTheBit() throws {
  var random = Seeded(2)
  for round in 0..<2_000 {
    let double = Double(bitPattern: random.next())
    guard double.isFinite, !double.isSubnormal else { continue }
    let event = FineTuningEventObject.Metrics(
      step: Int(truncatingIfNeeded: random.next()), trainLoss: double, trainMeanTokenAccuracy: -0.0, totalSteps: .min)
    let reply = FineTuningEventObject(id: "", createdAt: .max, level: .error, message: "", metrics: event)
    let copy = try JSONDecoder().decode(FineTuningEventObject.self, from: Data(reply.body()))
    #expect(copy == reply, "round \(round)")
  }
}

@Test(arguments: [Double.nan, .infinity, -.infinity])
private func aNumberThatJSONCannotHoldIsAnErrorAndNotAWord(_ value: Double) {
  let metrics = FineTuningEventObject.Metrics(step: 1, trainLoss: value, trainMeanTokenAccuracy: 0, totalSteps: 1)
  let event = FineTuningEventObject(id: "", createdAt: 0, level: .info, message: "", metrics: metrics)
  #expect(throws: EncodingError.self) { try event.body() }
}

@Test func equalRepliesHaveEqualBytes() throws {
  let names = (0..<16).map { "k\($0)" }
  var job = ReplySamples.queuedJob
  job.metadata = Pairs(Dictionary(uniqueKeysWithValues: names.map { ($0, "v") }))
  var other = ReplySamples.queuedJob
  other.metadata = Pairs(Dictionary(uniqueKeysWithValues: names.reversed().map { ($0, "v") }))
  #expect(try job.body() == other.body())
  let line = String(decoding: try job.body(), as: UTF8.self)
  #expect(line.contains(#""metadata":{"k0":"v","k1":"v","k10":"v","k11":"v""#))
}
