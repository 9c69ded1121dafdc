import Foundation
import HoneTestSupport
import HoneTokenizers
import Testing

/// A small tokenizer of CLIP's kind, and the ids that transformers gives; `expected.json` holds the command.
private struct GoldenCLIP {
  private struct Odd: Decodable {
    let text: String
    let ids: [Int32]

    init(from decoder: any Decoder) throws {
      var values = try decoder.unkeyedContainer()
      text = try values.decode(String.self)
      ids = try values.decode([Int32].self)
    }
  }

  private struct Expected: Decodable {
    let texts: [String]
    let tokens, alone: [[Int32]]
    let odd: [Odd]
  }

  let texts: [String]
  let framed: [[Int32]]
  let alone: [(text: String, ids: [Int32])]
  private let folder: URL

  init() throws {
    folder = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil)).appending(path: "clip")
    let expected = try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: folder.appending(path: "expected.json")))
    (texts, framed) = (expected.texts, expected.tokens)
    alone = zip(expected.texts, expected.alone).map { ($0, $1) } + expected.odd.map { ($0.text, $0.ids) }
  }

  func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.appending(path: name))) }

  func tokenizer(fromTwoFiles: Bool) throws -> CLIPTokenizer {
    if fromTwoFiles { return try CLIPTokenizer(vocabularyJSON: bytes("vocab.json"), merges: bytes("merges.txt")) }
    return try CLIPTokenizer(tokenizerJSON: bytes("tokenizer.json"))
  }
}

@Test(arguments: [true, false])
func textsHaveTheIdsOfCLIP(fromTwoFiles: Bool) throws {
  let golden = try GoldenCLIP()
  let tokenizer = try golden.tokenizer(fromTwoFiles: fromTwoFiles)
  #expect(golden.alone.count > 150)
  for (text, ids) in golden.alone {
    #expect(tokenizer.encode(text) == ids, "\(text.unicodeScalars.map { String($0.value, radix: 16) })")
  }
  for (text, ids) in zip(golden.texts, golden.framed) { #expect(tokenizer.framed(text, limit: 20).tokens == ids) }
}

@Test func whatIsCutOffATextIsCounted() throws {
  let tokenizer = try GoldenCLIP().tokenizer(fromTwoFiles: true)
  let count = tokenizer.encode("a photo of a rose").count
  #expect(tokenizer.framed("a photo of a rose", limit: count + 2).lost == 0)
  let cut = tokenizer.framed("a photo of a rose", limit: count)
  #expect(cut.lost == 2 && cut.tokens.count == count && cut.tokens.last == tokenizer.end)
}

@Test func aTokenizerOfAnotherKindIsRefusedByName() throws {
  let golden = try GoldenCLIP()
  let text = String(decoding: try golden.bytes("tokenizer.json"), as: UTF8.self)
  let changes = [
    ("\"end_of_word_suffix\": \"</w>\"", "\"end_of_word_suffix\": null", "end_of_word_suffix"),
    ("\"NFC\"", "\"NFD\"", "normalizer"), ("\"Lowercase\"", "\"Uppercase\"", "normalizer"),
    ("[\\\\p{N}]", "[\\\\p{N}]+", "pattern"),
  ]
  for (old, new, field) in changes {
    let changed = text.replacingOccurrences(of: old, with: new)
    #expect(changed != text, "\(old)")
    do {
      _ = try CLIPTokenizer(tokenizerJSON: Array(changed.utf8))
      Issue.record("\(new) was taken")
    } catch {
      #expect("\(error)".contains(field), "\(error)")
    }
  }
}

@Test func damagedFilesOfCLIPNeverTrap() throws {
  let golden = try GoldenCLIP()
  let (json, vocabulary, merges) = (
    try golden.bytes("tokenizer.json"), try golden.bytes("vocab.json"), try golden.bytes("merges.txt")
  )
  for seed in 0..<(runsEverything ? 3_000 : 60) {
    var seeded = Seeded(seed)
    func damaged(_ bytes: [UInt8]) -> [UInt8] {
      var bytes = bytes
      for _ in 0..<seeded.number(1...3) { bytes[seeded.number(0...bytes.count - 1)] = UInt8(seeded.number(0...255)) }
      return bytes
    }
    for tokenizer in [
      try? CLIPTokenizer(tokenizerJSON: damaged(json)),
      try? CLIPTokenizer(vocabularyJSON: damaged(vocabulary), merges: damaged(merges)),
    ] {
      guard let tokenizer else { continue }
      #expect(tokenizer.encode("a photo of 3 dogs").allSatisfy { $0 >= 0 && Int($0) < tokenizer.vocabSize })
    }
  }
}
