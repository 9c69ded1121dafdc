import HoneAPI
import HoneServer
import Testing

@Suite struct RoutingTests {
  private let router = testRouter()

  @Test(arguments: [
    ("GET", "/v1/files", "files", ""), ("GET", "//v1//files/", "files", ""),
    ("GET", "//openai/files?api-version=2022-12-01", "files", ""),
    ("GET", "/openai/v1/files/abc", "files/{id}", "abc"),
    ("GET", "/v1/files/dir%2Fa.jsonl", "files/{id}", "dir/a.jsonl"),
    ("GET", "/v1/files/ada%3Aft-org", "files/{id}", "ada:ft-org"), ("GET", "/v1/files/a:b", "files/{id}", "a:b"),
    ("GET", "/v1/files/..", "files/{id}", ".."), ("GET", "/v1/files/%00", "files/{id}", "\u{0}"),
    ("GET", "/v1/files/x/content", "files/{id}/content", "x"), ("DELETE", "/v1/files/x", "files/{id}", "x"),
    ("POST", "/v1/files/import", "files/import", ""), ("POST", "/v1/files/other", "files/{id}", "other"),
    ("GET", "/fine-tunes/ft-1/events", "fine-tunes/{id}/events", "ft-1"),
    ("POST", "/openai/deployments/my%20dep/completions?api-version=x", "deployments/{name}/completions", "my dep"),
    ("GET", "http://127.0.0.1:8080/v1/files/x?a=b", "files/{id}", "x"), ("HEAD", "/v1/files/x", "files/{id}", "x"),
  ])
  func aPathFindsItsRoute(method: String, target: String, pattern: String, value: String) async throws {
    let reply = await router.answer(PlainRequest(method, target))
    #expect(reply.status == 200)
    #expect(reply.text == String(decoding: try Echo(pattern: pattern, value: value).body(), as: UTF8.self))
  }

  @Test(arguments: [
    ("GET", "/v1/nothing", 404), ("GET", "/", 404), ("GET", "*", 404), ("GET", "", 404), ("GET", "/files/x", 404),
    ("GET", "/v1", 404), ("POST", "/v1/deployments/a/completions", 404), ("GET", "/v1/files/a%zz", 400),
    ("GET", "/v1/files/%ff", 400), ("GET", "/v1/files/%", 400), ("PUT", "/v1/files/x", 405),
    ("DELETE", "/v1/files", 405),
  ])
  func aPathThatIsNoneIsRefused(method: String, target: String, status: Int) async {
    let reply = await router.answer(PlainRequest(method, target))
    #expect(reply.status == status)
    #expect(reply.text.hasPrefix(#"{"error":{"message":""#))
    #expect(reply.headers["content-type"] == "application/json")
  }

  @Test func aWrongMethodIsToldTheRightOnes() async {
    let reply = await router.answer(PlainRequest("PUT", "/v1/files/x"))
    #expect(reply.headers["allow"] == "GET, POST, DELETE")
  }

  @Test(arguments: [
    ("/v1/words", "openAI"), ("/openai/words?api-version=2022-12-01", "azure2022"),
    ("/openai/words?api-version=2024-10-21", "openAI"), ("/openai/v1/words", "openAI"),
  ])
  func theSurfaceChoosesTheWords(target: String, words: String) async {
    #expect(await router.answer(PlainRequest("GET", target)).text.contains(#""value":"\#(words)""#))
  }

  @Test func aQueryIsDecoded() throws {
    let target = try RequestTarget("/v1/x?metadata%5Bkey%5D=a+b&after=%25&empty&=&bad=%zz&limit=1&limit=2")
    let pairs = target.query.map { "\($0.name)|\($0.value)" }
    #expect(pairs == ["metadata[key]|a b", "after|%", "empty|", "|", "bad|%zz", "limit|1", "limit|2"])
  }

  @Test func everyReplyHasItsHeaders() async throws {
    for target in ["/v1/files", "/v1/nothing", "/v1/surprise"] {
      let reply = await router.answer(PlainRequest("GET", target))
      #expect(try #require(reply.headers["x-request-id"]).hasPrefix("req-"))
      #expect(Int(try #require(reply.headers["openai-processing-ms"])) != nil)
    }
  }

  @Test func aBugIsA500ThatTellsNothingAndIsLogged() async {
    let log = LogLines()
    let reply = await testRouter(log: log).answer(PlainRequest("GET", "/v1/surprise"))
    #expect(reply.status == 500)
    #expect(reply.text.contains(#""type":"server_error""#))
    #expect(!reply.text.contains("secret") && !reply.text.contains("Surprise"))
    #expect(log.all.contains { $0.contains("Surprise") })
  }

  @Test func anErrorOfARequestNamesItsField() async {
    let reply = await router.answer(PlainRequest("GET", "/v1/refused"))
    #expect(reply.status == 400)
    #expect(reply.text.contains(#""param":"model","code":"missing_required_parameter""#))
  }
}
