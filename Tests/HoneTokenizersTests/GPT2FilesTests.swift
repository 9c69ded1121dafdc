import Foundation
import HoneTokenizers
import Testing

/// GPT-2's own files beside the package; tests that need them say so when they are missing.
private enum GPT2Files {
  static let folder: URL? = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder = root.deletingLastPathComponent().appending(path: "shared/data/gpt2_tokenizer")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  static let isMissing: Comment = "skipped: ../shared/data/gpt2_tokenizer is not beside the package"

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: try #require(folder).appending(path: name)))
  }

  static let tokenizer = Result {
    try Tokenizer(vocabularyJSON: bytes("encoder.json"), merges: bytes("vocab.bpe"))
  }
}

@Test(.enabled(if: GPT2Files.folder != nil, GPT2Files.isMissing))
func gpt2HasItsVocabulary() throws {
  let tokenizer = try GPT2Files.tokenizer.get()
  #expect(tokenizer.vocabSize == 50257)
  #expect(tokenizer.endOfText == 50256)
  #expect(tokenizer.encode("Hello world") == [15496, 995])
  for id in Int32(0)..<50257 { #expect(tokenizer.bytes(of: id) != nil, "id \(id)") }
}

@Test(.enabled(if: GPT2Files.folder != nil, GPT2Files.isMissing))
func gpt2GivesTheIdsOfTheReference() throws {
  let tokenizer = try GPT2Files.tokenizer.get()
  let rows = try Golden.rows("gpt2.json")
  #expect(rows.count > 60)
  for row in rows {
    #expect(tokenizer.encode(row.text) == row.ids, "\(row.text.debugDescription)")
    #expect(Array(tokenizer.decode(row.ids).utf8) == Array(row.text.utf8), "\(row.text.debugDescription)")
  }
}

@Test(.enabled(if: GPT2Files.folder != nil, GPT2Files.isMissing))
func gpt2IsTheSameAfterWritingAndReading() throws {
  let tokenizer = try GPT2Files.tokenizer.get()
  for copy in [
    try Tokenizer(vocabularyJSON: tokenizer.vocabularyJSON(), merges: tokenizer.mergesText()),
    try Tokenizer(tokenizerJSON: tokenizer.tokenizerJSON()),
  ] {
    #expect(copy.vocabSize == 50257)
    #expect(copy.endOfText == 50256)
    for id in Int32(0)..<50257 where copy.bytes(of: id) != tokenizer.bytes(of: id) { Issue.record("id \(id)") }
    for row in try Golden.rows("gpt2.json") { #expect(copy.encode(row.text) == row.ids) }
  }
}
