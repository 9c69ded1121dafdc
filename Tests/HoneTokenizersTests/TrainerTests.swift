import Foundation
import HoneTestSupport
import HoneTokenizers
import Testing

/// Seeded texts; the fewer letters there are, the more often pairs tie and overlap.
private func texts(_ seed: Int, letters: String = "ab c\n") -> [[UInt8]] {
  var random = Seeded(seed)
  let letters = Array(letters)
  return (0..<random.number(1...40)).map { _ in
    Array(String((0..<random.number(0...60)).map { _ in random.pick(letters) }).utf8)
  }
}

private let alphabets = ["a", "ab", "aab ", "abc \n", "가나 다", "the cat sat on '12 "]

@Test(arguments: 0..<12)
func theSameTextsGiveTheSameFiles(_ seed: Int) throws {
  let texts = texts(seed, letters: alphabets[seed % alphabets.count])
  let first = try Tokenizer.train(texts: texts, vocabSize: 320)
  let second = try Tokenizer.train(texts: texts, vocabSize: 320)
  #expect(first.vocabularyJSON() == second.vocabularyJSON())
  #expect(first.mergesText() == second.mergesText())
  #expect(first.tokenizerJSON() == second.tokenizerJSON())
}

@Test(arguments: 0..<12)
func theOrderOfTheTextsDoesNotMatter(_ seed: Int) throws {
  let texts = texts(seed, letters: alphabets[seed % alphabets.count])
  var random = Seeded(seed)
  let first = try Tokenizer.train(texts: texts, vocabSize: 320)
  let second = try Tokenizer.train(texts: texts.shuffled(using: &random), vocabSize: 320)
  #expect(first.tokenizerJSON() == second.tokenizerJSON())
}

@Test func equallyFrequentPairsMergeInTheOrderOfTheirIds() throws {
  let text = Array("zy zy xw xw vu vu ba ba".utf8)
  let tokenizer = try Tokenizer.train(texts: [text], vocabSize: 264)
  // Each letter stands twice behind the one before it. The space is the lowest byte, and a new token is above all bytes.
  let merges = ["Ġ b", "Ġ v", "Ġ x", "z y", "Ġb a", "Ġv u", "Ġx w", ""]
  #expect(tokenizer.mergesText() == Array((["#version: 0.2"] + merges).joined(separator: "\n").utf8))
}

@Test(arguments: 0..<60)
func theTrainerAgreesWithCountingAllPairsAnew(_ seed: Int) throws {
  let texts = texts(seed, letters: alphabets[seed % alphabets.count])
  let tokenizer = try Tokenizer.train(texts: texts, vocabSize: 340)
  let expected = try plainTraining(texts, merges: 340 - 257)
  let trained = (256..<Int32(tokenizer.vocabSize - 1)).map { tokenizer.bytes(of: $0) }
  #expect(trained == expected, "seed \(seed)")
}

@Test(arguments: 0..<60)
func everyTrainedTokenHasBytesOfItsOwn(_ seed: Int) throws {
  let tokenizer = try Tokenizer.train(texts: texts(seed, letters: alphabets[seed % alphabets.count]), vocabSize: 400)
  let all = (0..<Int32(tokenizer.vocabSize)).map { tokenizer.bytes(of: $0) }
  #expect(Set(all).count == all.count, "seed \(seed)")
  #expect(!all.contains(nil) && !all.contains([]), "seed \(seed)")
  for byte in 0...255 { #expect(tokenizer.bytes(of: Int32(byte)) == [UInt8(byte)]) }
  #expect(tokenizer.endOfText == Int32(tokenizer.vocabSize - 1))
}

@Test(arguments: 0..<12)
func trainedIdsBecomeTheSameTextsAgain(_ seed: Int) throws {
  let texts = texts(seed, letters: alphabets[seed % alphabets.count])
  let tokenizer = try Tokenizer.train(texts: texts, vocabSize: 300)
  var random = Seeded(seed)
  for bytes in texts + [random.bytes(1000)] {
    #expect(tokenizer.bytes(tokenizer.encode(utf8: bytes)) == bytes, "seed \(seed)")
  }
}

@Test(arguments: [257, 258, 259, 270, 300, 5000])
func theVocabularyIsNoLargerThanAsked(_ vocabSize: Int) throws {
  let text = Array("the cat sat on the mat, the cat sat on the hat".utf8)
  let tokenizer = try Tokenizer.train(texts: [text], vocabSize: vocabSize)
  let largest = try Tokenizer.train(texts: [text], vocabSize: 10_000).vocabSize
  #expect(largest > 259 && largest < 300)
  #expect(tokenizer.vocabSize == min(vocabSize, largest))
}

@Test func theVocabularyHoldsTheSpecialTokensInTheirOrder() throws {
  let names = ["<|b|>", "<|endoftext|>", "<|a|>"]
  let tokenizer = try Tokenizer.train(texts: [Array("aaaa aaaa".utf8)], vocabSize: 262, specialTokens: names)
  let ids = (tokenizer.vocabSize - 3..<tokenizer.vocabSize).map(Int32.init)
  #expect(ids.map { tokenizer.decode([$0]) } == names)
  #expect(tokenizer.endOfText == ids[1])
}

@Test(arguments: [[], [[]], [[], []], [[0x61]]] as [[[UInt8]]])
func textsWithoutPairsGiveTheBytesAlone(_ texts: [[UInt8]]) throws {
  let tokenizer = try Tokenizer.train(texts: texts, vocabSize: 1000)
  #expect(tokenizer.vocabSize == 257)
  #expect(tokenizer.mergesText() == Array("#version: 0.2\n".utf8))
  #expect(tokenizer.encode("한").count == 3)
  #expect(tokenizer.encode("") == [])
}

/// Training in its plainest form: count all pairs, merge the most frequent, begin anew. Gives the tokens it made.
private func plainTraining(_ texts: [[UInt8]], merges: Int) throws -> [[UInt8]] {
  var words = try texts.flatMap { try gpt2Words(String(decoding: $0, as: UTF8.self)).map { $0.map { Int($0) } } }
  var tokens = (0...255).map { [UInt8($0)] }
  for _ in 0..<merges {
    var counts: [[Int]: Int] = [:]
    for word in words { for pair in zip(word, word.dropFirst()) { counts[[pair.0, pair.1], default: 0] += 1 } }
    let best = counts.min { ($1.value, $0.key[0], $0.key[1]) < ($0.value, $1.key[0], $1.key[1]) }
    guard let best, best.value > 1 else { break }
    let pair = best.key
    for index in words.indices {
      var place = 0
      while place + 1 < words[index].count {
        if Array(words[index][place...place + 1]) == pair {
          words[index].replaceSubrange(place...place + 1, with: [tokens.count])
        }
        place += 1
      }
    }
    tokens.append(tokens[pair[0]] + tokens[pair[1]])
  }
  return Array(tokens[256...])
}

/// The words of GPT-2's pattern, found by a regular expression.
private func gpt2Words(_ text: String) throws -> [[UInt8]] {
  let pattern = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
  let text = text as NSString
  return try NSRegularExpression(pattern: pattern).matches(
    in: text as String, range: NSRange(location: 0, length: text.length)
  )
  .map { Array(text.substring(with: $0.range).utf8) }
}
