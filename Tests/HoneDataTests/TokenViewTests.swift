import HoneData
import HoneFiles
import HoneTestSupport
import Testing

/// One token for each byte, so that lengths can be read off.
private func bytes(_ texts: [String]) -> [[Int32]] { texts.map { $0.utf8.map(Int32.init) } }

@Suite struct TokenViewTests {
  @Test func promptAndCompletionAreJoinedAndWeighted() throws {
    let rows = try tokenize(
      [Example(prompt: "abc", completion: " d")], contextLength: 10, endOfText: 256, encode: bytes)
    let example = try #require(rows.examples.first)
    #expect(example.tokens == [97, 98, 99, 32, 100])
    #expect(example.completionStart == 3 && example.line == 1 && example.cutTokens == 0)
    #expect(example.weights(prompt: 0.1) == [0, 0.1, 0.1, 1, 1])
    #expect(example.learnedCount == 2)
  }

  @Test func longRowsLoseTokensAtTheFrontAndAreNamed() throws {
    let rows = try tokenize(
      [Example(prompt: "abcdef", completion: "xy"), Example(prompt: "a", completion: "b")], lines: [7, 9],
      contextLength: 4, endOfText: nil, encode: bytes)
    #expect(rows.examples[0].tokens == [101, 102, 120, 121])
    #expect(rows.examples[0].completionStart == 2)
    #expect(rows.cut == [CutRow(line: 7, tokens: 4)])
  }

  @Test func aCompletionLongerThanTheContextIsAnErrorNamingTheLine() {
    let examples = [Example(prompt: "a", completion: "b"), Example(prompt: "a", completion: "bcdef")]
    #expect(throws: DataError.completionTooLong(line: 2, tokens: 5, contextLength: 4)) {
      try tokenize(examples, contextLength: 4, endOfText: nil, encode: bytes)
    }
    #expect(throws: DataError.contextTooShort(contextLength: 1)) {
      try tokenize(examples, contextLength: 1, endOfText: nil, encode: bytes)
    }
  }

  @Test func anEmptyPromptIsTheEndOfTextToken() throws {
    let rows = try tokenize([Example(prompt: "", completion: "ab")], contextLength: 8, endOfText: 5, encode: bytes)
    #expect(rows.examples.first?.tokens == [5, 97, 98])
    #expect(rows.examples.first?.weights(prompt: 0.5) == [0, 1, 1])
    let without = try tokenize([Example(prompt: "", completion: "a")], contextLength: 8, endOfText: nil, encode: bytes)
    #expect(without.examples.isEmpty && without.empty == [1])
  }

  @Test func textsEndWithEndOfTextUnlessCut() throws {
    let rows = try tokenize(texts: ["abc", "abcd", "abcde", ""], maxLength: 4, endOfText: 0, encode: bytes)
    #expect(rows.examples.map(\.tokens) == [[97, 98, 99, 0], [97, 98, 99, 100], [97, 98, 99, 100]])
    #expect(rows.cut == [CutRow(line: 3, tokens: 1)])
    #expect(rows.empty == [4])
    #expect(rows.examples[0].weights(prompt: 0) == [0, 1, 1, 1])
  }

  @Test(arguments: 0..<100)
  func piecesPredictEveryTokenOnce(seed: Int) throws {
    var seeded = Seeded(seed)
    let texts = (0..<seeded.number(1...5)).map { _ in seeded.text(0...20) }
    let rows = try tokenize(
      texts: texts, maxLength: seeded.number(2...9), endOfText: 0, long: .pieces, encode: bytes)
    for (index, text) in texts.enumerated() {
      let learned = rows.examples.filter { $0.line == index + 1 }.flatMap { $0.tokens.dropFirst() }
      let all = text.utf8.map(Int32.init) + [0]
      #expect(learned == Array(all.dropFirst()))
    }
    #expect(rows.cut.isEmpty)
  }

  @Test func tablesBecomeExamplesOrNameWhatIsMissing() throws {
    let table = Table(columns: ["completion", "prompt"], rows: [["b", "a"], ["", "c"]])
    #expect(throws: DataError.emptyCompletions(rows: [1])) { try table.examples() }
    #expect(throws: DataError.missingColumn(name: "prompt", found: ["x"])) {
      try Table(columns: ["x"], rows: [["y"]]).examples()
    }
    let sound = try Table(columns: ["completion", "prompt"], rows: [["b", "a"]]).examples()
    #expect(sound == [Example(prompt: "a", completion: "b")])
  }

  @Test func labelsAreRankedAndCollisionsFound() {
    let examples = [" b", " a", " a", " ab", "c"].map { Example(prompt: "p", completion: $0) }
    let set = LabelSet(examples) { $0.map { $0.utf8.prefix(2).map(Int32.init) } }
    #expect(set.labels.map(\.text) == [" a", " b", " ab", "c"])
    #expect(set.labels.map(\.count) == [2, 1, 1, 1])
    #expect(set.index(of: Array(" ab".utf8)) == 2)
    #expect(set.collisions == [LabelCollision(token: 32, labels: [" a", " b", " ab"], classes: [0, 1, 2])])
    #expect(set.firstTokens == [32, 32, 32, 99])
  }
}
