import HoneAPI
import Testing

private func error(_ bytes: [UInt8]) -> RequestError? {
  do {
    _ = try CompletionCreate(body: bytes)
    return nil
  } catch { return error }
}

@Test(arguments: [
  "", " ", "{", "}", "{\"n\"", "{\"n\":", "{\"n\":1", "{\"n\":1,}", "{,}", "{n:1}", "{'n':1}", "{\"n\" 1}",
  "{\"n\":1}}",
  "{\"n\":1} x", "{\"n\":01}", "{\"n\":1.}", "{\"n\":.5}", "{\"n\":+1}", "{\"n\":-}", "{\"n\":1e}", "{\"n\":0x1}",
  "{\"temperature\":NaN}", "{\"temperature\":Infinity}", "{\"temperature\":-Infinity}", "{\"n\":nul}", "{\"n\":True}",
  "{\"x\":[1,]}", "{\"x\":[1 2]}", "{\"x\":\"a", "{\"x\":\"\\q\"}", "{\"x\":\"\\u12g4\"}", "{\"x\":\"a\nb\"}",
  "{\"x\":\"\u{1}\"}", "{\"x\":1.2.3}", "{\"x\":NaN}", "{\"x\":--1}", "{\"x\":\"\\u00", "// c\n{}", "{\"x\":t}",
  "\u{0}{}",
])
private func aBodyThatIsNotJSONIsRefusedEvenWhereNobodyReads(_ body: String) {
  let error = error(Array(body.utf8))
  guard case .notJSON(let offset, _) = error else {
    Issue.record("\(body) gave \(String(describing: error))")
    return
  }
  #expect((0...body.utf8.count).contains(offset))
}

@Test(
  arguments: [
    [0xFF], Array("{\"user\":\"".utf8) + [0xC3, 0x28] + Array("\"}".utf8), [0x7B, 0x7D, 0x80],
    Array("{\"user\":\"".utf8) + [0xED, 0xA0, 0x80] + Array("\"}".utf8), [0xFE, 0xFF, 0x00, 0x7B, 0x00, 0x7D],
  ] as [[UInt8]])
private func aBodyThatIsNotUTF8IsRefused(_ bytes: [UInt8]) {
  #expect(error(bytes) == .notUTF8)
}

@Test func aBodyInAnotherUnicodeEncodingIsNotJSON() {
  #expect(error([0x7B, 0x00, 0x7D, 0x00]) == .notJSON(offset: 1, expected: "a name in quotes"))
}

@Test func aByteOrderMarkIsPassedOver() throws {
  #expect(try read("\u{FEFF}{\"n\":3}", as: CompletionCreate.self).count == 3)
}

@Test func nestingIsBoundedAndCostsNoStack() throws {
  func nested(_ depth: Int) -> String {
    let lists = String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1)
    return "{\"x\":\(lists)}"
  }
  #expect(try read(nested(64), as: CompletionCreate.self).unknownFields == ["x"])
  #expect(error(Array(nested(65).utf8)) == .tooDeep(limit: 64))
  for opening in ["[", "{\"a\":", "[{\"prompt\":["] {
    #expect(error(Array(String(repeating: opening, count: 100_000).utf8)) == .tooDeep(limit: 64))
  }
}

@Test(arguments: ["1e999", "-1e309", "1" + String(repeating: "0", count: 400), "1e99999999999999999999"])
private func aNumberThatOverflowsIsRefused(_ number: String) {
  #expect(error(Array("{\"x\":\(number)}".utf8)) == .numberTooLarge(offset: 5))
  let named = error(Array("{\"temperature\":\(number)}".utf8))
  #expect(named?.parameter == "temperature" && named?.code == "invalid_value")
}

@Test(arguments: ["9223372036854775808", "-9223372036854775809", "1e19", "0.1"])
private func anIntegerThatDoesNotFitNamesItsField(_ number: String) {
  let error = refusal("{\"max_tokens\":\(number)}", CompletionCreate.self)
  guard case .wrong("max_tokens", "an integer", _) = error else {
    Issue.record("\(number) gave \(String(describing: error))")
    return
  }
}

@Test(arguments: [
  ("2.0", 2), ("1e2", 100), ("-0", 0), ("9223372036854775807", Int.max), ("-9223372036854775808", .min),
])
private func aWholeNumberIsAnInteger(_ json: String, _ value: Int) throws {
  #expect(try read("{\"seed\":\(json)}", as: CompletionCreate.self).seed == value)
}

@Test func anErrorRepeatsOnlyShortWords() {
  let long = refusal("{\"max_tokens\":\"sk-0123456789abcdef\"}", CompletionCreate.self)
  #expect(long == .wrong(parameter: "max_tokens", expected: "an integer", found: "a string"))
  let short = refusal("{\"max_tokens\":\"16\"}", CompletionCreate.self)
  #expect(short == .wrong(parameter: "max_tokens", expected: "an integer", found: "the string \"16\""))
  let sentence = refusal("{\"max_tokens\":\"my cat\"}", CompletionCreate.self)
  #expect(sentence == .wrong(parameter: "max_tokens", expected: "an integer", found: "a string"))
  let bias = refusal("{\"logit_bias\":{\"my cat\":true}}", CompletionCreate.self)
  #expect(bias?.description.contains("cat") == false)
}
