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

  @Test func noAddressThatARequestNamesIsRead() async throws {
    let bench = try await ServedBench()
    let response = await bench.ask(
      "POST", "/openai/files/import?api-version=2022-12-01",
      #"{"purpose":"fine-tune","filename":"a.jsonl","content_url":"http://127.0.0.1:1/a"}"#)
    #expect(response.status == 403 && response.fault?.param == "content_url")
  }
}
