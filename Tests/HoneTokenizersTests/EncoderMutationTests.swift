import Foundation
import HoneTestSupport
import HoneTokenizers
import Testing

private let files = [
  "unigram-old", "unigram-spaces", "unigram-bytes", "unigram-steps", "mpnet-normalized", "roberta-space",
]
private let variantCount = runsEverything ? 100_000 / files.count / 4 : 60
private let text = "Ｗｏｒｄ 한국어 e\u{301} ﬁ\u{301} <mask> the1 👩‍👩‍👧 \u{1}\u{2028} hello ▁▁ カタカナ \u{0}क्ष x"

/// What is read from damaged bytes encodes a text to ids of its vocabulary.
private func readOrRefuse(_ bytes: [UInt8], _ place: Comment) -> Bool {
  do {
    let tokenizer = try EncoderTokenizer(tokenizerJSON: bytes)
    let ids = tokenizer.encode(text)
    #expect(ids.allSatisfy { $0 >= 0 && Int($0) < tokenizer.vocabSize }, place)
    #expect((tokenizer.prefix + tokenizer.suffix).allSatisfy { Int($0) < tokenizer.vocabSize }, place)
    #expect(tokenizer.vocabSize <= 8 * bytes.count + 2048, place)
    return true
  } catch {
    #expect(error.description.utf8.count < 1000, place)
    return false
  }
}

@Test(arguments: files, 0..<4)
private func aDamagedEncoderFileIsRefusedOrWorks(_ name: String, _ seed: Int) throws {
  let original = try Golden.bytes("encoder-\(name).json")
  var random = Seeded(seed)
  var readCount = 0
  for variant in 0..<variantCount {
    if readOrRefuse(mutated(original, &random), "seed \(seed), variant \(variant)") { readCount += 1 }
  }
  #expect(readCount > 0 && readCount < variantCount, "\(readCount) were read")
}

/// The map of characters inside a file: units that lead outside, in circles, or to texts that are not there.
@Test(arguments: 0..<4)
private func aDamagedMapOfCharactersIsRefusedOrWorks(_ seed: Int) throws {
  let original = String(decoding: try Golden.bytes("encoder-unigram-old.json"), as: UTF8.self)
  let opening = "\"precompiled_charsmap\":\""
  let start = try #require(original.range(of: opening)?.upperBound)
  let end = try #require(original[start...].firstIndex(of: "\""))
  let map = [UInt8](try #require(Data(base64Encoded: String(original[start..<end]))))
  var random = Seeded(seed)
  var readCount = 0
  for variant in 0..<variantCount {
    var bytes = map
    for _ in 0..<random.number(1...3) {
      let place = random.number(0...(bytes.count - 1))
      switch random.number(0...5) {
      case 0: bytes[place] = UInt8(random.number(0...255))
      case 1: bytes[place] ^= 1 << UInt8(random.number(0...7))
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + random.number(1...9)))
      case 3: bytes.removeLast(random.number(1...min(bytes.count - 1, 400)))
      case 4:
        for index in 4 * (place / 4)..<min(bytes.count, 4 * (place / 4) + 4) { bytes[index] = random.pick([0, 255]) }
      default: bytes.replaceSubrange(0..<4, with: random.pick([random.bytes(4), [0, 0, 0, 0], [255, 255, 255, 255]]))
      }
      if bytes.count < 8 { bytes = map }
    }
    let file = original[..<start] + Data(bytes).base64EncodedString() + original[end...]
    if readOrRefuse(Array(file.utf8), "seed \(seed), variant \(variant)") { readCount += 1 }
  }
  #expect(readCount > 0 && readCount < variantCount, "\(readCount) were read")
}

@Test(arguments: files)
private func anEncoderFileCutShortIsRefused(_ name: String) throws {
  let original = try Golden.bytes("encoder-\(name).json")
  for count in stride(from: 0, to: original.count, by: runsEverything ? 7 : 487) {
    #expect(throws: TokenizerError.self) { try EncoderTokenizer(tokenizerJSON: Array(original[..<count])) }
  }
}
