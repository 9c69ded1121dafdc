import Foundation
import HoneTokenizers
import Testing

/// The golden tokenizer in every form that its reference writes, and ids made with it; see Golden/README.md.
enum Golden {
  struct Row: Decodable {
    var text: String
    var ids: [Int32]
  }

  /// How a tokenizer can lie on disk.
  enum Form: String, CaseIterable, CustomTestStringConvertible {
    case vocabularyAndMerges = "vocab.json and merges.txt"
    case tokenizerJSON = "tokenizer.json"
    case textMerges = "tokenizer_text_merges.json"

    var testDescription: String { rawValue }
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    let folder = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
    return [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }

  static func rows(_ name: String = "golden.json") throws -> [Row] {
    struct File: Decodable { var rows: [Row] }
    return try JSONDecoder().decode(File.self, from: Data(try bytes(name))).rows
  }

  static func tokenizer(_ form: Form = .vocabularyAndMerges) throws -> Tokenizer {
    switch form {
    case .vocabularyAndMerges: try Tokenizer(vocabularyJSON: bytes("vocab.json"), merges: bytes("merges.txt"))
    default: try Tokenizer(tokenizerJSON: bytes(form.rawValue))
    }
  }
}
