import Foundation
import HoneTestSupport
import HoneTokenizers
import Testing

private struct Case: Decodable {
  let text: String
  let ids: [Int32]
}

private func golden(_ name: String) throws -> [UInt8] {
  let folder = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
  return [UInt8](try Data(contentsOf: folder.appending(path: name)))
}

private func cases(_ name: String) throws -> [Case] {
  struct File: Decodable { let uncased, cased: [Case] }
  let file = try JSONDecoder().decode(File.self, from: Data(golden("wordpiece.json")))
  return name == "cased" ? file.cased : file.uncased
}

@Test(arguments: ["uncased", "cased"])
func wordPiecesAreThoseOfTheReference(name: String) throws {
  let tokenizer = try WordPieceTokenizer(tokenizerJSON: golden("wordpiece-\(name).json"))
  for example in try cases(name) {
    #expect(tokenizer.encode(example.text) == example.ids, "\(example.text.unicodeScalars.map { $0.value })")
  }
  #expect(tokenizer.prefix.compactMap(tokenizer.name) == ["[CLS]"])
  #expect(tokenizer.suffix.compactMap(tokenizer.name) == ["[SEP]"])
}

@Test func aVocabularyOfLinesGivesTheSameIdsAsTheDocument() throws {
  let tokenizer = try WordPieceTokenizer(vocabularyText: golden("wordpiece-vocab.txt"))
  for example in try cases("uncased") { #expect(tokenizer.encode(example.text) == example.ids) }
}

@Test func oneEncoderForManyTextsRemembersNothingOfThem() throws {
  let tokenizer = try WordPieceTokenizer(tokenizerJSON: golden("wordpiece-uncased.json"))
  var encoder = WordPieceEncoder(tokenizer)
  for example in try cases("uncased") { #expect(encoder.encode(example.text) == tokenizer.encode(example.text)) }
}

@Test func whatWouldGiveOtherIdsIsRefusedByName() throws {
  let whole = String(decoding: try golden("wordpiece-uncased.json"), as: UTF8.self)
  let changes = [
    ("BertNormalizer", "NFKC", "normalizer"), ("BertPreTokenizer", "Whitespace", "pre_tokenizer"),
    ("\"type\":\"WordPiece\"", "\"type\":\"Unigram\"", "model.type"),
    ("TemplateProcessing", "Sequence", "post_processor"), ("\"[UNK]\":2", "\"[UNK]\":-2", "the id of"),
    ("\"max_input_chars_per_word\":100", "\"max_input_chars_per_word\":0", "max_input_chars_per_word"),
  ]
  for (from, to, word) in changes {
    let changed = whole.replacing(from, with: to)
    try #require(changed != whole, "\(from)")
    do {
      _ = try WordPieceTokenizer(tokenizerJSON: Array(changed.utf8))
      Issue.record("read with \(to)")
    } catch {
      #expect("\(error)".contains(word), "\(error)")
    }
  }
}

@Test func damagedTokenizerFilesNeverTrap() throws {
  let original = try golden("wordpiece-uncased.json")
  var random = Seeded(5)
  var readCount = 0
  let count = runsEverything ? 20_000 : 300
  for _ in 0..<count {
    var bytes = original
    for _ in 0..<random.number(1...4) {
      let place = random.number(0...(bytes.count - 1))
      switch random.number(0...2) {
      case 0: bytes[place] = UInt8(random.number(0...255))
      case 1: bytes.removeSubrange(place..<min(bytes.count, place + random.number(1...20)))
      default: bytes.insert(contentsOf: random.bytes(3), at: place)
      }
    }
    if let tokenizer = try? WordPieceTokenizer(tokenizerJSON: bytes) {
      readCount += 1
      _ = tokenizer.encode("unwanted [MASK] 한국 é")
    }
  }
  #expect(readCount < count)
}

@Test func aTextWithoutASpaceTakesTimeInProportionToItsLength() throws {
  let tokenizer = try WordPieceTokenizer(tokenizerJSON: golden("wordpiece-uncased.json"))
  #expect(tokenizer.encode(String(repeating: "a", count: 100_000)) == [tokenizer.unknownToken])
  let many = tokenizer.encode(String(repeating: "한", count: 90))
  #expect(many.count == 1 || many.count == 270)
  #expect(tokenizer.encode(String(repeating: "中", count: 100_000)).count == 100_000)
}
