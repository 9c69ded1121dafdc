import HoneTokenizers
import Testing

private func tokenizer(merges: String) throws -> Tokenizer {
  try Tokenizer(vocabularyJSON: Golden.bytes("vocab.json"), merges: Array(merges.utf8))
}

/// The first merges of the golden file, with what a file may have around them.
@Test(arguments: [
  "#version: 0.2\nk a\nt o\n", "k a\nt o", "k a\nt o\n", "#version: 0.2\r\nk a\r\nt o\r\n", "k a\r\nt o",
  "\nk a\n\n\nt o\n\n",
])
func mergesMayEndTheirLinesInAnyWay(_ merges: String) throws {
  let tokenizer = try tokenizer(merges: merges)
  #expect(tokenizer.encode("ka") == [257])
  #expect(tokenizer.encode("to") == [258])
  #expect(tokenizer.encode("kato") == [257, 258])
  #expect(tokenizer.mergesText() == Array("#version: 0.2\nk a\nt o\n".utf8))
}

@Test func aFileWithoutMergesGivesSingleBytes() throws {
  #expect(try tokenizer(merges: "").encode("kato").count == 4)
  #expect(try tokenizer(merges: "#version: 0.2\n").encode("kato").count == 4)
}

@Test(arguments: ["k", "k ", " a", "k  a", "k a t", "k\ta", "k a "])
func aLineThatIsNotTwoTokensIsRefusedWithItsNumber(_ line: String) throws {
  for end in ["\n", "\r\n"] {
    let error = #expect(throws: TokenizerError.self) {
      try tokenizer(merges: "#version: 0.2\(end)\(end)t o\(end)\(line)\(end)")
    }
    guard case .badMerge("merges.txt", 4, _)? = error else {
      Issue.record("\(String(describing: error))")
      continue
    }
  }
}

@Test(arguments: ["q q", "한 a", "k \u{301}", "a \u{212B}"])
func aMergeOfUnknownTokensIsRefusedWithItsFileAndLine(_ line: String) throws {
  let error = #expect(throws: TokenizerError.self) { try tokenizer(merges: "#version: 0.2\nk a\n\n\(line)\n") }
  guard case .badMerge("merges.txt", 4, _)? = error else {
    Issue.record("\(String(describing: error))")
    return
  }
}

@Test func mergesThatAreNotUTF8AreRefused() throws {
  #expect(throws: TokenizerError.self) {
    try Tokenizer(vocabularyJSON: Golden.bytes("vocab.json"), merges: Array("k a\n".utf8) + [0xFF, 0x20, 0xC3, 0x0A])
  }
}
