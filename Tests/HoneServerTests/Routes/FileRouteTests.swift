import Foundation
import Hone
import HoneAPI
import HoneServer
import Testing

@Suite struct FileRouteTests {
  private static let line = #"{"prompt":"a ->","completion":" b"}"# + "\n"

  @Test(arguments: [["purpose", "file"], ["file", "purpose"]])
  func thePartsOfAFormComeInAnyOrder(order: [String]) async throws {
    let bench = try await ServedBench()
    let content = String(repeating: Self.line, count: 100)
    let parts: [String: (String, String?, String)] = [
      "purpose": ("purpose", nil, "fine-tune"), "file": ("file", #"dir/b\c.jsonl"#, content),
    ]
    let response = await bench.send("/v1/files", order.compactMap { parts[$0] })
    let file = try response.decoded(FileObject.self)
    #expect(file.filename == "c.jsonl" && file.bytes == content.utf8.count && file.status == .processed)
    guard case .file(let path) = await bench.ask("GET", "/v1/files/\(file.id)/content").body else {
      Issue.record("expected the bytes of the file")
      return
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == content)
    #expect(await bench.ask("DELETE", "/v1/files/\(file.id)").status == 200)
    #expect(await bench.ask("GET", "/v1/files/\(file.id)").status == 404)
  }

  @Test(
    arguments: [
      ([("purpose", nil, "fine-tune")], "file"), ([("file", "a", "x")], "purpose"),
      ([("purpose", nil, "fine-tune-results"), ("file", "a", "x")], "purpose"),
      ([("purpose", nil, "fine-tune"), ("file", "a", "")], "file"),
      ([("purpose", nil, "fine-tune"), ("file", "a", "{}\n")], "file"),
      (
        [("purpose", nil, "batch"), ("expires_after[anchor]", nil, "now"), ("file", "a", "x")], "expires_after[seconds]"
      ),
    ] as [([(String, String?, String)], String)])
  func whatIsWrongIsNamed(parts: [(String, String?, String)], parameter: String) async throws {
    let bench = try await ServedBench()
    let response = await bench.send("/v1/files", parts)
    #expect(response.status == 400 && response.fault?.param == parameter)
    let list = try await bench.ask("GET", "/v1/files").decoded(ListReply<FileObject>.self)
    #expect(list.data.isEmpty && !list.hasMore)
  }

  @Test func listsComeInPages() async throws {
    let bench = try await ServedBench()
    var ids: [String] = []
    for _ in 0..<3 { ids.append(try await bench.trainingFile()) }
    let first = try await bench.ask("GET", "/v1/files?limit=2").decoded(ListReply<FileObject>.self)
    #expect(first.data.map(\.id) == [ids[2], ids[1]] && first.hasMore && first.lastID == ids[1])
    let second = try await bench.ask("GET", "/v1/files?limit=2&after=\(ids[1])").decoded(ListReply<FileObject>.self)
    #expect(second.data.map(\.id) == [ids[0]] && !second.hasMore)
    #expect(await bench.ask("GET", "/v1/files?limit=10001").fault?.param == "limit")
  }

  @Test func azureAloneIsToldWhatIsInATrainingFile() async throws {
    let bench = try await ServedBench()
    let id = try await bench.trainingFile(on: "/openai")
    let azure = try await bench.ask("GET", "/openai/files/\(id)?api-version=2022-12-01").decoded(FileObject.self)
    let statistics = try #require(azure.statistics)
    // "the cat says ->" and " meow", twice.
    let tokens = try await bench.ask(
      "POST", "/v1/completions", #"{"model":"nano","prompt":["the cat says ->"," meow"],"max_tokens":1}"#
    ).decoded(CompletionReply.self).usage?.promptTokens
    #expect(statistics.examples == 2 && statistics.tokens == 2 * (tokens ?? 0))
    #expect(azure.updatedAt == azure.createdAt)
    #expect(try await bench.ask("GET", "/v1/files/\(id)").decoded(FileObject.self).statistics == nil)
    let other = await bench.send("/openai/files", [("purpose", nil, "batch"), ("file", "a", "x")])
    #expect(try other.decoded(FileObject.self).statistics == nil)
  }

  @Test func anUploadIsJoinedOnlyToTheBytesThatWereMeant() async throws {
    let bench = try await ServedBench()
    let create =
      #"{"filename":"a.jsonl","purpose":"fine-tune","bytes":\#(2 * Self.line.utf8.count),"mime_type":"text/jsonl","#
      + #""expires_after":{"anchor":"created_at","seconds":7200}}"#
    let upload = try await bench.ask("POST", "/v1/uploads", create).decoded(UploadObject.self)
    var parts: [String] = []
    for _ in 0..<2 {
      let response = await bench.send("/v1/uploads/\(upload.id)/parts", [("data", "blob", Self.line)])
      parts.append(try response.decoded(UploadPartObject.self).id)
    }
    func complete(_ md5: String) async -> Response {
      await bench.ask(
        "POST", "/v1/uploads/\(upload.id)/complete", #"{"part_ids":["\#(parts[0])","\#(parts[1])"],"md5":"\#(md5)"}"#)
    }
    for wrong in ["", "x", String(repeating: "0", count: 32), String(repeating: "z", count: 32)] {
      let refused = await complete(wrong)
      #expect(refused.status == 400 && refused.fault?.param == "md5" && refused.fault?.code == "invalid_value")
    }
    // Python 3.11: md5(b'{"prompt":"a ->","completion":" b"}\n' * 2).hexdigest().upper()
    let done = try await complete("C45E1CE63B04337632A03937F822F8D9").decoded(UploadObject.self)
    let file = try #require(done.file)
    #expect(done.status == .completed && file.expiresAt == file.createdAt + 7200)
    #expect(try await bench.ask("GET", "/v1/files/\(file.id)").decoded(FileObject.self) == file)
  }

  @Test(arguments: [3599, 2_592_001])
  func aFileMayNotExpireAtAnyTime(seconds: Int) async throws {
    let bench = try await ServedBench()
    let upload = await bench.ask(
      "POST", "/v1/uploads",
      #"{"filename":"a","purpose":"batch","bytes":1,"mime_type":"x","#
        + #""expires_after":{"anchor":"created_at","seconds":\#(seconds)}}"#)
    #expect(upload.status == 400 && upload.fault?.param == "expires_after.seconds")
    let file = await bench.send(
      "/v1/files",
      [
        ("purpose", nil, "batch"), ("expires_after[anchor]", nil, "created_at"),
        ("expires_after[seconds]", nil, "\(seconds)"), ("file", "a", "x"),
      ])
    #expect(file.status == 400 && file.fault?.param == "expires_after[seconds]")
  }

  @Test func noAddressThatARequestNamesIsRead() async throws {
    let bench = try await ServedBench()
    let response = await bench.ask(
      "POST", "/openai/files/import?api-version=2022-12-01",
      #"{"purpose":"fine-tune","filename":"a.jsonl","content_url":"http://127.0.0.1:1/a"}"#)
    #expect(response.status == 403 && response.fault?.param == "content_url")
  }
}
