import Hone
import Testing

private func words(_ text: String) -> Int { text.split(whereSeparator: \.isWhitespace).count }

@Test func chunksOverlapAndLoseNothing() throws {
  let text = (0..<100).map { "w\($0)" }.joined(separator: " ")
  let chunks = try textChunks(text, ChunkOptions(maxTokens: 30, overlap: 10), tokens: words)
  #expect(chunks.allSatisfy { $0.tokens <= 30 && words($0.text) == $0.tokens })
  for (one, next) in zip(chunks, chunks.dropFirst()) {
    let tail = one.text.split(separator: " ").suffix(10)
    #expect(next.text.split(separator: " ").prefix(10).elementsEqual(tail))
  }
  #expect(Set(chunks.flatMap { $0.text.split(separator: " ") }).count == 100)
}

@Test func chunksKnowTheirHeadingsAndNoCommentsOfCode() throws {
  let text = "intro\n\n# One\nfirst\n## Inner\nsecond\n```\n# no heading\n```\n# Two\nthird"
  let chunks = try textChunks(text, ChunkOptions(maxTokens: 50, overlap: 0), tokens: words)
  #expect(chunks.map(\.headings) == [[], ["One"], ["One", "Inner"], ["Two"]])
  #expect(chunks[2].text.contains("# no heading"))
}

@Test func aWordLongerThanAChunkIsOne() throws {
  let chunks = try textChunks("a bbbbbbbb c", ChunkOptions(maxTokens: 2, overlap: 1)) { $0.count }
  #expect(chunks.map(\.text).contains("bbbbbbbb") && chunks.last?.text.hasSuffix("c") == true)
  #expect(try textChunks("  \n ", tokens: words).isEmpty)
  #expect(throws: HoneError.self) { try textChunks("a", ChunkOptions(maxTokens: 10, overlap: 6), tokens: words) }
}
