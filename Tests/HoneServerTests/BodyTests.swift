import HoneAPI
import HoneServer
import Synchronization
import Testing

@Suite struct BodyTests {
  private static var small: Router.Limits {
    var limits = Router.Limits()
    limits.jsonBytes = 10
    return limits
  }

  private let router = testRouter(limits: small)

  private func post(_ type: String?, _ body: IncomingBody) async -> Response {
    var headers = PlainHeaders()
    if let type { headers.append("Content-Type", type) }
    return await router.answer(PlainRequest("POST", "/v1/bytes", headers: headers, body: body))
  }

  @Test(arguments: [
    "application/json", "application/json; charset=utf-8", "Application/JSON", "application/vnd.api+json",
  ])
  func jsonIsTaken(type: String) async { #expect(await post(type, IncomingBody([[1, 2]])).status == 200) }

  @Test(arguments: ["text/plain", "application/x-www-form-urlencoded", "", "multipart/form-data; boundary=x"])
  func anotherTypeIsRefused(type: String) async {
    #expect(await post(type, IncomingBody([[1, 2]])).status == 415)
    // Whatever it claims to be, nothing is nothing.
    #expect(await post(type, IncomingBody([])).status == 200)
  }

  @Test func aBodyWithoutATypeIsTaken() async { #expect(await post(nil, IncomingBody([[1]])).status == 200) }

  @Test func aBodyOverTheLimitIsRefusedBeforeItIsRead() async {
    let body = IncomingBody(declaredBytes: 11) {
      Issue.record("the body was read")
      return nil
    }
    #expect(await post("application/json", body).status == 413)
  }

  @Test(arguments: [(10, 200), (11, 413)])
  func piecesAreCounted(count: Int, status: Int) async {
    let rest = Mutex(count)
    let body = IncomingBody(declaredBytes: nil) {
      rest.withLock { rest in
        guard rest > 0 else { return nil }
        rest -= 1
        return [0x20]
      }
    }
    #expect(await post("application/json", body).status == status)
  }

  @Test func aPackedBodyIsRefused() async {
    let headers: PlainHeaders = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")]
    let reply = await router.answer(
      PlainRequest("POST", "/v1/bytes", headers: headers, body: IncomingBody([[1]])))
    #expect(reply.status == 415)
  }

  @Test func aFormMustBeAForm() async {
    for (type, status) in [
      ("application/json", 415), ("multipart/form-data", 400), ("multipart/form-data; boundary=\"\"", 400),
    ] {
      let reply = await router.answer(
        PlainRequest("POST", "/v1/upload", headers: [("content-type", type)], body: IncomingBody([[1]])))
      #expect(reply.status == status, "\(type)")
    }
  }
}
