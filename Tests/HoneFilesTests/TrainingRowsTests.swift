import Foundation
import HoneFiles
import Testing

private func rows(_ text: String) throws(TrainingFileError) -> [TrainingRow] {
  try readTrainingRows(Array(text.utf8), file: "f.jsonl")
}

private let pair = #"{"prompt":"p","completion":"c"}"#

private func read(line: Int) -> TrainingRow { .completion(line: line, prompt: "p", completion: "c") }

@Test(arguments: [
  ("\(pair)", [1]), ("\(pair)\n", [1]), ("\u{FEFF}\(pair)\n\(pair)", [1, 2]), ("\(pair)\r\n\(pair)\r\n", [1, 2]),
  ("\n \n\t\r\n\(pair)\n\n\(pair)\n\n", [4, 6]), ("  \(pair)  \n", [1]), ("\(pair)\n\u{FEFF}\(pair)", [1, 2]),
])
func linesAreCountedWhateverStandsBetweenThem(text: String, lines: [Int]) throws {
  #expect(try rows(text) == lines.map(read))
}

@Test func otherKeysAreLeftAlone() throws {
  let text = #"{"id":7,"completion":" x\n","prompt":"","note":{"messages":1}}"#
  #expect(try rows(text) == [.completion(line: 1, prompt: "", completion: " x\n")])
}

@Test func theLastOfAKeyGivenTwiceCounts() throws {
  #expect(try rows(#"{"prompt":"a","prompt":"p","completion":"c"}"#) == [read(line: 1)])
}

@Test func conversationsAreRead() throws {
  let text =
    #"{"messages":[{"role":"system","content":""},{"role":"user","content":"hi"},{"role":"assistant","content":"ho"}]}"#
  let turns = [("system", ""), ("user", "hi"), ("assistant", "ho")]
  guard case .chat(1, let found)? = try rows(text).first else {
    Issue.record("no conversation")
    return
  }
  #expect(found.map { [$0.role, $0.content] } == turns.map { [$0.0, $0.1] })
}

/// What stands on the second line, and a word that the error must say.
private let badLines: [(line: String, word: String)] = [
  ("hello", "JSON object"), ("[1]", "another JSON value"), ("\"a\"", "another JSON value"), ("null", "JSON object"),
  ("{}", "empty object"), (#"{"prompt":"a"}"#, "'completion'"), (#"{"completion":"a"}"#, "'prompt'"),
  (#"{"Prompt":"a","completion":"b"}"#, "'prompt'"), (#"{"prompt":1,"completion":"b"}"#, "'prompt'"),
  (#"{"prompt":"a","completion":null}"#, "'completion'"), (#"{"prompt":"a","completion":["b"]}"#, "'completion'"),
  (#"{"prompt":"a","completion":""}"#, "empty"), (#"{"prompt":"a","completion":"b"},"#, "end of the document"),
  (#"{"prompt":"a","completion":"b"}{"prompt":"a","completion":"b"}"#, "end of the document"),
  (#"{"prompt":"a","completion":"b""#, "byte 30"), ("{\"prompt\":\"a\u{0}\",\"completion\":\"b\"}", "control"),
  (#"{'prompt':'a','completion':'b'}"#, "key in quotes"), (#"{"messages":[]}"#, "messages"),
  (#"{"messages":{}}"#, "messages"), (#"{"messages":null,"prompt":"a","completion":"b"}"#, "messages"),
  (#"{"messages":[1]}"#, "'role'"), (#"{"messages":[{"role":"assistant"}]}"#, "'content'"),
  (#"{"messages":[{"role":"user","content":"a"}]}"#, "another role"),
  (#"{"messages":[{"role":"assistant","content":""}]}"#, "found an empty one"),
  (#"{"messages":[{"role":"assistant","content":[{"type":"text"}]}]}"#, "'content'"),
  (String(repeating: "[", count: 10_000), "nesting"),
]

@Test(arguments: badLines.indices)
func aBadLineIsNamedWithWhatItLacks(index: Int) {
  let (line, word) = badLines[index]
  let error = #expect(throws: TrainingFileError.self, "\(line)") { try rows("\(pair)\r\n\(line)\n\(pair)") }
  #expect(
    error?.description.hasPrefix("f.jsonl, line 2: ") == true && error?.description.contains(word) == true,
    "\(String(describing: error))")
}

@Test(arguments: ["", "\n", " \r\n\t\n", "\u{FEFF}", "\u{FEFF}\r\n"])
func aFileWithoutARowIsEmpty(text: String) {
  #expect(throws: TrainingFileError.empty(file: "f.jsonl")) { try rows(text) }
}

@Test(arguments: [[0xFF], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xC0, 0x80]] as [[UInt8]])
func textThatIsNotUTF8IsCalledSo(bytes: [UInt8]) {
  let line = Array(#"{"prompt":""#.utf8) + bytes + Array(#"","completion":"c"}"#.utf8)
  #expect(throws: TrainingFileError.notUTF8(file: "f.jsonl", line: 2)) {
    try readTrainingRows(Array(pair.utf8) + [0x0A] + line, file: "f.jsonl")
  }
}

/// What spreadsheets and shells of Windows write when they are not asked for UTF-8.
@Test(arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian])
func aFileInUTF16IsCalledNotUTF8(encoding: String.Encoding) throws {
  let bytes = [UInt8](try #require("\u{FEFF}\(pair)\n".data(using: encoding)))
  #expect(throws: TrainingFileError.notUTF8(file: "f.jsonl", line: 1)) { try readTrainingRows(bytes, file: "f.jsonl") }
}

@Test func anErrorNeverHoldsTheUsersText() {
  let secret = "very private words"
  for line in [
    #"{"prompt":"\#(secret)"}"#, #"{"prompt":"\#(secret)","completion":5}"#, "\(secret)", #"["\#(secret)"]"#,
  ] {
    let error = #expect(throws: TrainingFileError.self) { try rows(line) }
    #expect(error?.description.contains(secret) == false)
  }
}

@Test func aFileThatIsMissingOrAFolderCannotBeRead() throws {
  try withFolder { folder in
    for url in [folder, folder.appendingPathComponent("none.jsonl")] {
      let error = #expect(throws: TrainingFileError.self) { try readTrainingRows(at: url) }
      guard case .unreadable = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }
}
