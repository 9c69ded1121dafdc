import Foundation
import HoneTokenizers
import Testing

/// Whether the heavy checks run in full.
let runsEverything = ProcessInfo.processInfo.environment["HONE_TEST_ALL"] == "1"

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

/// A small generator of numbers, the same on every machine. Source: Vigna's SplitMix64.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }

  /// One of a list that is not empty.
  mutating func pick<T>(_ values: [T]) -> T { values[number(0...(values.count - 1))] }
}
