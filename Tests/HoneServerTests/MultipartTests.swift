import Foundation
import HoneAPI
import HoneServer
import HoneTestSupport
import Testing

@Suite struct MultipartTests {
  private static let message = [
    "a preamble", "--X-y'z", #"Content-Disposition: form-data; name="purpose""#, "", "fine-tune", "--X-y'z",
    #"CONTENT-disposition: form-data; name=file; filename="dir\a é.jsonl""#,
    "Content-Type: application/octet-stream", "", "line\r\n--X-y'not\r\n\r\n-", "--X-y'z",
    #"Content-Disposition: form-data; name="empty"; filename="""#, "", "", "--X-y'z--", "an epilogue",
  ].joined(separator: "\r\n")

  private static let expected = "purpose=fine-tune file:a é.jsonl:20 empty::0"

  private func read(
    _ pieces: [[UInt8]], boundary: String = "X-y'z", limits: MultipartReader.Limits = .init()
  ) async throws -> String {
    try await summary(of: MultipartReader(boundary: boundary, body: IncomingBody(pieces), limits: limits))
  }

  @Test func aFormMayBeDividedAnywhere() async throws {
    let bytes = Array(Self.message.utf8)
    for split in 0...bytes.count {
      let text = try await read([Array(bytes[..<split]), Array(bytes[split...])])
      #expect(text == Self.expected, "at \(split)")
    }
    let text = try await read(bytes.map { [$0] })
    #expect(text == Self.expected)
  }

  @Test(arguments: [
    (#"name="f"; filename="a.jsonl""#, "a.jsonl"), (#"filename=a.jsonl; name=f"#, "a.jsonl"),
    (#"name="f"; filename="../../etc/passwd""#, "passwd"), (#"name="f"; filename="C:\dir\a.jsonl""#, "a.jsonl"),
    (#"name="f"; filename="x"; filename*=UTF-8''na%C3%AFve%2Fb.jsonl"#, "b.jsonl"),
    (#"name="f"; filename="x"; filename*=UTF-8''%ff"#, "x"), (#"name="f"; filename="a\"b;c""#, "a\"b;c"),
    (#"name="f"; FILENAME="тест.jsonl""#, "тест.jsonl"), (#"name="f"; filename="a\#u{7}b""#, "ab"),
  ])
  func aFileNameIsTheLastComponent(disposition: String, name: String) async throws {
    let form = "--b\r\nContent-Disposition: form-data; \(disposition)\r\n\r\nxyz\r\n--b--\r\n"
    #expect(try await read([Array(form.utf8)], boundary: "b") == "f:\(name):3")
  }

  @Test(arguments: [
    ("", MultipartFault.cutShort), ("--b", .cutShort), ("--b\r\n", .cutShort), ("--bx\r\n", .strayBytes),
    ("--b\r\n\r\nx\r\n--b--", .nameless), ("--b\r\nnonsense\r\n\r\nx\r\n--b--", .brokenHead),
    ("--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx", .cutShort),
    ("--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b\r\n", .cutShort),
  ])
  func aBrokenFormIsRefused(form: String, fault: MultipartFault) async {
    await #expect(throws: fault) { try await read([Array(form.utf8)], boundary: "b") }
  }

  @Test func everythingIsBounded() async {
    var limits = MultipartReader.Limits()
    (limits.fileBytes, limits.fieldBytes, limits.headBytes, limits.parts) = (10, 5, 100, 2)
    func form(_ parts: [(String, Int)]) -> [[UInt8]] {
      let texts = parts.map {
        "--b\r\nContent-Disposition: form-data; \($0.0)\r\n\r\n" + String(repeating: "x", count: $0.1)
      }
      return [Array((texts + ["--b--"]).joined(separator: "\r\n").utf8)]
    }
    let cases: [([(String, Int)], MultipartFault?)] = [
      ([("name=a; filename=f", 10), ("name=b", 5)], nil), ([("name=a; filename=f", 11)], .fileTooLarge(limit: 10)),
      ([("name=a", 6)], .fieldTooLarge(name: "a", limit: 5)),
      ([("name=a", 1), ("name=b", 1), ("name=c", 1)], .tooManyParts(limit: 2)),
      ([("name=a; filename=" + String(repeating: "f", count: 200), 1)], .headTooLarge(limit: 100)),
    ]
    for (parts, fault) in cases {
      let found: MultipartFault?
      do {
        _ = try await read(form(parts), boundary: "b", limits: limits)
        found = nil
      } catch {
        found = error as? MultipartFault
      }
      #expect(found == fault)
    }
  }

  @Test func damagedFormsFailWithAFaultOfTheForm() async {
    let rounds = runsEverything ? 100_000 : 3_000
    for seed in 0..<UInt64(rounds) {
      var random = Seeded(seed)
      var bytes = Array(Self.message.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = .random(in: 0...255, using: &random)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + .random(in: 1...20, using: &random)))
        case 2: bytes.insert(contentsOf: Array("\r\n--X-y'z".utf8), at: place)
        default: bytes.insert(.random(in: 0...255, using: &random), at: place)
        }
        if bytes.isEmpty { bytes = [0] }
      }
      let split = Int.random(in: 0...bytes.count, using: &random)
      do {
        _ = try await read([Array(bytes[..<split]), Array(bytes[split...])])
      } catch {
        #expect(error is MultipartFault, "seed \(seed)")
      }
    }
  }

  @Test func bytesThatWereNotReadArePassedOver() async throws {
    let reader = MultipartReader(boundary: "X-y'z", body: IncomingBody([Array(Self.message.utf8)]))
    var names: [String] = []
    while let part = try await reader.next() {
      switch part {
      case .field(let name, _): names.append(name)
      case .file(let file): names.append(file.name)
      }
    }
    #expect(names == ["purpose", "file", "empty"])
  }
}
