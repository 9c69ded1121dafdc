import Foundation
import HoneFiles
import HoneTokenizers

/// `encode VOCAB MERGES TEXTS [IDS]`: encodes the JSON strings of TEXTS, one a line, on one thread; prints the speed,
/// and writes the ids to IDS, one JSON array a line.
func encode(_ arguments: [String]) throws {
  guard arguments.count >= 3 else { throw UsageError(text: "encode VOCAB MERGES TEXTS [IDS]") }
  func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }
  let tokenizer = try Tokenizer(vocabularyJSON: bytes(arguments[0]), merges: bytes(arguments[1]))
  let texts = try bytes(arguments[2]).split(separator: 0x0A).map { line in
    Array((try JSONValue(parsing: Array(line)).string ?? "").utf8)
  }
  let size = texts.reduce(0) { $0 + $1.count }
  _ = tokenizer.encode(utf8: texts.first ?? [])
  var ids: [[Int32]] = []
  let start = ContinuousClock.now
  for text in texts { ids.append(tokenizer.encode(utf8: text)) }
  let seconds = (ContinuousClock.now - start) / .seconds(1)
  let megabytes = Double(size) / 1e6
  print(#"{"megabytes_per_second":\#(megabytes / seconds),"tokens":\#(ids.reduce(0) { $0 + $1.count })}"#)
  if arguments.count > 3 {
    let lines = ids.map { "[" + $0.map(String.init).joined(separator: ",") + "]" }.joined(separator: "\n")
    try Data((lines + "\n").utf8).write(to: URL(fileURLWithPath: arguments[3]))
  }
  for (index, text) in texts.enumerated() where tokenizer.bytes(ids[index]) != text {
    throw UsageError(text: "text \(index) does not decode to itself")
  }
}

struct UsageError: Error, CustomStringConvertible {
  let text: String
  var description: String { text }
}
