import HoneServer
import Testing

@Suite struct SocketTests {
  private func talk(
    _ text: String, router: Router = testRouter(), _ change: (inout ServerOptions) -> Void = { _ in }
  ) async throws -> String {
    var answer = ""
    try await withServer(router, change) { place, _ in
      let client = try await RawClient(place)
      client.push(text)
      answer = await client.waitForEnd()
      // Whatever came, the server goes on.
      let other = try await RawClient(place)
      await other.send(get("/v1/files", "Connection: close\r\n"))
      #expect(await other.waitForEnd().hasPrefix("HTTP/1.1 200 OK"))
    }
    return answer
  }

  private static let last = get("/v1/files/last", "Connection: close\r\n")

  @Test func requestsOnOneConnectionAreAnsweredInTurn() async throws {
    let text = try await talk(get("/v1/files/a") + get("/v1/files/b") + Self.last)
    let values = text.split(separator: "\"value\":\"").dropFirst().map { $0.prefix { $0 != "\"" } }
    #expect(values == ["a", "b", "last"])
    #expect(text.contains("content-type: application/json\r\n") && text.contains("connection: close\r\n"))
  }

  @Test func aBodyMayComeInChunks() async throws {
    let head = "POST /v1/bytes HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    let text = try await talk(head + "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n" + Self.last)
    #expect(text.contains(#""value":"7""#) && text.contains(#""value":"last""#))
  }

  @Test func bodiesThatNobodyReadsAreNoHindrance() async throws {
    let delete =
      "DELETE /v1/files/x HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    let wrong = "POST /v1/nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc"
    let text = try await talk(delete + wrong + Self.last)
    #expect(text.contains(#""value":"x""#) && text.contains("404 Not Found") && text.contains(#""value":"last""#))
  }

  @Test(arguments: [
    ("GARBAGE\r\n\r\n", 400), ("\u{0}\u{0}\u{0}\u{0}\r\n\r\n", 400), ("GET / HTTP/9.9\r\n\r\n", 400),
    ("GET /v1/files HTTP/1.1\r\nHost: x\r\nBad\u{0}Header: x\r\n\r\n", 400),
    (get("/v1/files", "no colon here\r\n"), 400),
    ("GET /v1/files HTTP/1.1\r\n\r\n", 400), ("GET /v1/files HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400),
    ("POST /v1/bytes HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
    ("POST /v1/bytes HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
    ("POST /v1/bytes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
    ("POST /v1/bytes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n", 400),
    ("POST /v1/bytes HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", 400),
    ("POST /v1/bytes HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\nx", 413),
    (get("/" + String(repeating: "x", count: 10_000_000)), 431),
    (get("/", "X: " + String(repeating: "x", count: 10_000_000) + "\r\n"), 431),
    (get("/", String(repeating: "X: y\r\n", count: 10_000)), 431),
    (String(repeating: "x", count: 10_000_000), 400),
  ])
  func whatIsNoRequestIsRefusedWithAnErrorObject(text: String, status: Int) async throws {
    let answer = try await talk(text)
    #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(text.prefix(60)) gave \(answer.prefix(40))")
    #expect(answer.contains(#"{"error":{"message":""#) && answer.contains("content-type: application/json"))
    #expect(answer.contains("x-request-id: req-"))
  }

  @Test func aClientThatAsksFirstIsToldToGoOn() async throws {
    try await withServer(testRouter()) { place, _ in
      let client = try await RawClient(place)
      await client.send("POST /v1/bytes HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
      #expect(await client.wait(for: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
      await client.send("abc")
      #expect(await client.wait(for: "value").contains("HTTP/1.1 200 OK"))
      let other = try await RawClient(place)
      await other.send(
        "POST /v1/bytes HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 999999999\r\n\r\n")
      #expect(await other.waitForEnd().hasPrefix("HTTP/1.1 413 "))
    }
  }

  @Test func slowHeadsAndSlowBodiesEnd() async throws {
    let quick = { (options: inout ServerOptions) in
      options.timeouts.head = .milliseconds(100)
      options.timeouts.body = .milliseconds(100)
    }
    #expect(try await talk("GET /v1/files HT", quick).hasPrefix("HTTP/1.1 408 "))
    let half = "POST /v1/bytes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc"
    #expect(try await talk(half, quick).hasPrefix("HTTP/1.1 408 "))
    let chunk = "POST /v1/bytes HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab"
    #expect(try await talk(chunk, quick).hasPrefix("HTTP/1.1 408 "))
  }

  @Test func aSilentConnectionIsClosed() async throws {
    let quick = { (options: inout ServerOptions) in options.timeouts.idle = .milliseconds(100) }
    #expect(try await talk("", quick).isEmpty)
    #expect(try await talk(get("/v1/files"), quick).hasPrefix("HTTP/1.1 200 OK"))
  }

  @Test func anOldClientIsAnsweredAndTheConnectionClosed() async throws {
    let text = try await talk("GET /v1/files HTTP/1.0\r\n\r\n")
    #expect(text.contains("200 OK") && text.contains("connection: close"))
  }

  @Test func headGivesTheHeadOnly() async throws {
    let text = try await talk("HEAD /v1/files/abc HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    #expect(text.contains("content-length: ") && text.hasSuffix("\r\n\r\n"))
  }

  @Test func anUploadIsReadAsItComes() async throws {
    let file = String(repeating: "0123456789abcdef", count: 1 << 18)
    let form =
      "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n\(file)\r\n--b\r\n"
      + "Content-Disposition: form-data; name=\"purpose\"\r\n\r\nfine-tune\r\n--b--\r\n"
    let head =
      "POST /v1/upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n"
      + "Content-Length: \(form.utf8.count)\r\n\r\n"
    let text = try await talk(head + form + Self.last)
    #expect(text.contains("file:a:\(file.utf8.count) purpose=fine-tune") && text.contains(#""value":"last""#))
  }

  @Test func anUploadThatBreaksOffIsAnError() async throws {
    try await withServer(testRouter()) { place, _ in
      let client = try await RawClient(place)
      await client.send(
        "POST /v1/upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n--b\r\n"
      )
      await client.close()
      let other = try await RawClient(place)
      await other.send(Self.last)
      #expect(await other.waitForEnd().contains("200 OK"))
    }
  }
}
