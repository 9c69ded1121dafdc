import HoneSearch
import Testing

@Test func textsOfScriptsWithSpacesStayAsTheyAre() {
  #expect(SearchTerms.terms(of: "Plain words, don't change") == "Plain words, don't change")
}

@Test func scriptsWithoutSpacesGiveCharactersAndPairs() {
  let terms = SearchTerms.terms(of: "go to 東京都!").split(separator: " ").map(String.init)
  #expect(terms == ["go", "to", "東", "京", "都", "東京", "京都", "!"])
  #expect(SearchTerms.terms(of: "학교에서").contains("학교"))
}

@Test func aQueryHasEachTermOnceAndNothingThatFTS5WouldRead() {
  #expect(SearchTerms.query("Beans \"beans\" AND (rice) NEAR*") == #""Beans" OR "AND" OR "rice" OR "NEAR""#)
  #expect(SearchTerms.query("東京都") == #""東京" OR "京都""#)
  #expect(SearchTerms.query("都") == #""都""#)
  #expect(SearchTerms.query("?! ...").isEmpty && SearchTerms.query("").isEmpty)
  #expect(SearchTerms.query((0..<1000).map { "w\($0)" }.joined(separator: " ")).split(separator: " ").count == 511)
}

@Test func anEmptyOrderTakesNothingFromTheOthers() {
  let one = reciprocalRanks([[3, 1, 2]])
  #expect(one.map(\.id) == [3, 1, 2])
  #expect(reciprocalRanks([[3, 1, 2], []]).map(\.id) == one.map(\.id))
  let both = reciprocalRanks([[1, 2, 3], [2, 9]])
  #expect(both.first?.id == 2 && Set(both.map(\.id)) == [1, 2, 3, 9])
}

@Test func diverseRowsAreNotCopiesOfTheBest() {
  let points: [Int: Double] = [0: 0.0, 1: 0.01, 2: 5, 3: 5.01]
  let candidates = [(id: 0, score: 1.0), (id: 1, score: 0.99), (id: 2, score: 0.8), (id: 3, score: 0.79)]
  func near(_ a: Int, _ b: Int) -> Double { 1 / (1 + abs(points[a, default: 0] - points[b, default: 0])) }
  #expect(diverse(candidates, count: 2, relevance: 1, similarity: near).map(\.id) == [0, 1])
  #expect(diverse(candidates, count: 2, relevance: 0.5, similarity: near).map(\.id) == [0, 2])
  #expect(diverse(candidates, count: 9, relevance: 0.5, similarity: near).count == 4)
}

@Test func scoresThatAreFarApartCountForMoreThanRanks() {
  let words = [(id: 1, score: 30.0), (id: 2, score: 3.0), (id: 3, score: 2.0)]
  let near = [(id: 2, score: 0.61), (id: 1, score: 0.60), (id: 4, score: 0.1)]
  let both = combined([(0.5, near), (0.5, words)])
  #expect(both.map(\.id) == [1, 2, 3, 4])
  #expect(both.allSatisfy { (0...1).contains($0.score) })
  #expect(combined([(0.5, near), (0.5, [])]).map(\.id) == [2, 1, 4])
  #expect(combined([(0.5, [(id: 7, score: 2.0)]), (0.5, [])]).first?.score == 1)
}
