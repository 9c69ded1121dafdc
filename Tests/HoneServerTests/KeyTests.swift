import HoneAPI
import HoneServer
import Testing

@Suite struct KeyTests {
  private let router = testRouter(keys: TestKeys())

  private func status(_ method: String, _ target: String, _ headers: PlainHeaders) async -> Int {
    await router.answer(PlainRequest(method, target, headers: headers)).status
  }

  @Test(arguments: [("Authorization", "Bearer boss"), ("authorization", "bearer  boss "), ("api-key", "boss")])
  func bothStylesOpen(name: String, value: String) async {
    for target in ["/v1/files", "/openai/files", "/openai/v1/files", "/fine-tunes/x/events"] {
      #expect(await status("GET", target, [(name, value)]) == 200)
    }
  }

  @Test func aKeyThatNobodyKnowsIsRefused() async {
    for headers: PlainHeaders in [[], [("Authorization", "Bearer secret-key")], [("Authorization", "Basic boss")]] {
      let reply = await router.answer(PlainRequest("GET", "/v1/files?api-key=boss&api_key=boss", headers: headers))
      #expect(reply.status == 401)
      #expect(reply.text.contains(#""code":"invalid_api_key""#) && !reply.text.contains("secret-key"))
    }
  }

  @Test func aScopeDecides() async {
    #expect(await status("GET", "/v1/files", [("api-key", "reader")]) == 200)
    #expect(await status("POST", "/v1/bytes", [("api-key", "reader")]) == 403)
    #expect(await status("POST", "/v1/bytes", [("api-key", "boss")]) == 200)
  }

  @Test func aKeyIsCheckedBeforeTheBodyIsRead() async {
    let body = IncomingBody(declaredBytes: nil) {
      Issue.record("the body was read")
      return nil
    }
    #expect(await router.answer(PlainRequest("POST", "/v1/bytes", body: body)).status == 401)
  }

  @Test func requestsOfAKeyAreLimited() async throws {
    let headers: PlainHeaders = [("api-key", "slow")]
    let first = await router.answer(PlainRequest("GET", "/v1/files", headers: headers))
    #expect(first.headers["x-ratelimit-limit-requests"] == "2")
    #expect(first.headers["x-ratelimit-remaining-requests"] == "1")
    #expect(try #require(first.headers["x-ratelimit-reset-requests"]).hasSuffix("s"))
    #expect(first.headers["x-ratelimit-remaining-tokens"] == "100")
    _ = await router.answer(PlainRequest("GET", "/v1/files", headers: headers))
    let third = await router.answer(PlainRequest("GET", "/v1/files", headers: headers))
    #expect(third.status == 429)
    #expect(third.text.contains(#""type":"rate_limit_error","param":null,"code":"rate_limit_exceeded""#))
    #expect((1...30).contains(Int(try #require(third.headers["retry-after"])) ?? 0))
    #expect(await status("GET", "/v1/files", [("api-key", "boss")]) == 200)
  }

  @Test func tokensOfAKeyAreLimited() async {
    let headers: PlainHeaders = [("api-key", "slow")]
    let first = await router.answer(PlainRequest("POST", "/v1/tokens?n=90", headers: headers))
    #expect(first.status == 200 && first.headers["x-ratelimit-remaining-tokens"] == "10")
    #expect(await status("POST", "/v1/tokens?n=20", headers) == 429)
  }

  @Test func aBucketFillsWithTime() throws {
    let limiter = RateLimiter()
    let identity = Identity(id: "k", scopes: [], limits: .init(requestsPerMinute: 60))
    let start = ContinuousClock.now
    for _ in 0..<60 { try limiter.takeRequest(of: identity, at: start) }
    #expect(throws: Refusal.self) { try limiter.takeRequest(of: identity, at: start) }
    try limiter.takeRequest(of: identity, at: start + .seconds(1))
    #expect(throws: Refusal.self) { try limiter.takeRequest(of: identity, at: start + .seconds(1)) }
  }

  @Test(
    arguments: [
      ("localhost:8080", nil, 200), ("127.0.0.1", nil, 200), ("[::1]:8080", nil, 200), ("LocalHost", nil, 200),
      ("my.box:1", nil, 200), ("evil.example", nil, 403), ("127.0.0.1.evil.example", nil, 403),
      ("localhost:8080@evil", nil, 403), ("", nil, 403), ("localhost", "http://localhost:3000", 200),
      ("localhost", "http://evil.example", 403), ("localhost", "null", 403), ("localhost", "https://[::1]", 200),
    ] as [(String, String?, Int)])
  func loopbackAnswersToItsOwnNames(host: String, origin: String?, status: Int) async {
    let router = testRouter(neighbourhood: .loopback("my.box"))
    var headers: PlainHeaders = [("Host", host)]
    if let origin { headers.append("Origin", origin) }
    #expect(await router.answer(PlainRequest("GET", "/v1/files", headers: headers)).status == status)
  }
}
