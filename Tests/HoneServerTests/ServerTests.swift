import Foundation
import HoneAPI
import HoneServer
import Synchronization
import Testing

@Suite struct ServerTests {
  private static let close = "Connection: close\r\n"

  /// A router with a route that waits for a gate.
  private func waiting(_ gate: Gate, limits: Router.Limits = .init(), metrics: Metrics = Metrics()) -> Router {
    let work = Route(.get, "work", scope: .infer, summary: "Waits.") { _ in
      await gate.pass()
      return .text("worked")
    }
    let own = Route.operation(describing: [work], version: "1", metrics: metrics)
    return testRouter([work] + own, limits: limits, metrics: metrics)
  }

  @Test func requestsOverTheLimitAreToldToWait() async throws {
    var limits = Router.Limits()
    limits.concurrentRequests = 1
    let gate = Gate()
    try await withServer(waiting(gate, limits: limits)) { place, _ in
      let first = try await RawClient(place)
      await first.send(get("/v1/work", Self.close))
      await until { gate.waiting == 1 }
      let second = try await RawClient(place)
      await second.send(get("/v1/work", Self.close))
      let text = await second.waitForEnd()
      #expect(text.hasPrefix("HTTP/1.1 429 ") && text.contains("retry-after: 1\r\n"))
      let third = try await RawClient(place)
      await third.send(get("/health", Self.close))
      #expect(await third.waitForEnd().contains(#"{"status":"ok"}"#))
      gate.open()
      #expect(await first.waitForEnd().contains("worked"))
    }
  }

  @Test func aBodyThatIsYetToComeTakesNobodysPlace() async throws {
    var limits = Router.Limits()
    limits.concurrentRequests = 1
    try await withServer(testRouter(limits: limits)) { place, _ in
      let slow = try await RawClient(place)
      await slow.send("POST /v1/bytes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\na")
      let other = try await RawClient(place)
      await other.send(get("/v1/files", Self.close))
      #expect(await other.waitForEnd().hasPrefix("HTTP/1.1 200 "))
      await slow.send("bc")
      #expect(await slow.wait(for: "value").hasPrefix("HTTP/1.1 200 "))
    }
  }

  @Test func bodiesTogetherAreBounded() async throws {
    var limits = Router.Limits()
    limits.bodyBytes = 3
    try await withServer(testRouter(limits: limits)) { place, _ in
      for (body, status) in [("abc", 200), ("abcd", 429), ("abc", 200)] {
        let client = try await RawClient(place)
        await client.send(
          "POST /v1/bytes HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: \(body.count)\r\n\r\n"
            + body)
        #expect(await client.waitForEnd().hasPrefix("HTTP/1.1 \(status) "))
      }
    }
  }

  @Test func connectionsOverTheLimitTakeThePlaceOfIdleOnes() async throws {
    let gate = Gate()
    try await withServer(waiting(gate), { $0.maximumConnections = 2 }) { place, _ in
      let idle = try await RawClient(place)
      await idle.send(get("/health"))
      await idle.wait(for: "ok")
      let busy = try await RawClient(place)
      await busy.send(get("/v1/work", Self.close))
      await until { gate.waiting == 1 }
      let next = try await RawClient(place)
      await next.send(get("/v1/work", Self.close))
      await idle.waitForEnd()
      await until { gate.waiting == 2 }
      let last = try await RawClient(place)
      #expect(await last.waitForEnd().hasPrefix("HTTP/1.1 503 "))
      gate.open()
      #expect(await busy.waitForEnd().contains("worked"))
      #expect(await next.waitForEnd().contains("worked"))
    }
  }

  @Test func stoppingLetsRequestsEnd() async throws {
    let gate = Gate()
    try await withServer(waiting(gate), { $0.drain = .seconds(5) }) { place, server in
      let idle = try await RawClient(place)
      let busy = try await RawClient(place)
      await busy.send(get("/v1/work"))
      await until { gate.waiting == 1 }
      server.stop()
      await idle.waitForEnd()
      gate.open()
      let text = await busy.waitForEnd()
      #expect(text.contains("worked") && text.contains("connection: close"))
    }
  }

  @Test func stoppingEndsWhatDoesNotEnd() async throws {
    let (gate, began) = (Gate(), ContinuousClock.now)
    let router = testRouter([
      Route(.get, "work", scope: .infer, summary: "Sleeps.") { _ in
        gate.count()
        try await Task.sleep(for: .seconds(600))
        return .text("")
      }
    ])
    try await withServer(router) { place, _ in
      let busy = try await RawClient(place)
      await busy.send(get("/v1/work"))
      await until { gate.waiting == 1 }
    }
    #expect(ContinuousClock.now - began < .seconds(60))
  }

  @Test func aUnixSocketAnswersToAnyName() async throws {
    let path = FileManager.default.temporaryDirectory.path + "/hone-\(UInt32.random(in: 0 ... .max)).sock"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await withServer(testRouter(), { $0.address = .unixSocket(path: path) }) { place, _ in
      let client = try await RawClient(place)
      await client.send("GET /v1/files HTTP/1.1\r\nHost: anything\r\nConnection: close\r\n\r\n")
      #expect(await client.waitForEnd().hasPrefix("HTTP/1.1 200 OK"))
    }
  }

  @Test func aPlaceThatIsTakenIsSaid() async throws {
    try await withServer(testRouter()) { place, _ in
      guard case .port(let port) = place else { return }
      let options = ServerOptions(.port(host: "127.0.0.1", port: port))
      await #expect(throws: ServerFault.self) { try await Server(testRouter(), options: options).run() }
    }
  }

  @Test func whoCanBeReachedNeedsKeys() async {
    let options = ServerOptions(.port(host: "0.0.0.0", port: 0))
    await #expect(throws: ServerFault.needsKeys) { try await Server(testRouter(), options: options).run() }
    #expect(ServerOptions(.port(host: "127.8.0.1", port: 0)).isLocal)
    #expect(!ServerOptions(.port(host: "127.evil", port: 0)).isLocal)
  }

  @Test func aFileIsSentWhole() async throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("hone-\(UInt32.random(in: 0 ... .max))")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(repeating: 0x61, count: 1_000_000).write(to: file)
    let router = testRouter([
      Route(.get, "files/{id}/content", scope: .read, summary: "A file.") { call in
        .file(path: call["id"] == "there" ? file.path : "/nonexistent")
      }
    ])
    try await withServer(router) { place, _ in
      let client = try await RawClient(place)
      await client.send(get("/v1/files/there/content", Self.close))
      let text = await client.waitForEnd()
      #expect(text.contains("content-type: application/octet-stream") && text.contains("content-length: 1000000"))
      #expect(text.split(separator: "\r\n\r\n").last?.utf8.count == 1_000_000)
      let other = try await RawClient(place)
      await other.send(get("/v1/files/gone/content", Self.close))
      #expect(await other.waitForEnd().hasPrefix("HTTP/1.1 500 "))
    }
  }

  @Test func everyRequestHasOneLineWithoutWhatWasAsked() async throws {
    let log = LogLines()
    try await withServer(testRouter(keys: TestKeys(), log: log)) { place, _ in
      let client = try await RawClient(place)
      await client.send(get("/v1/files/secret-id?q=secret", "api-key: boss\r\n"))
      await client.wait(for: "value")
      await client.send(get("/v1/files", "api-key: secret-key\r\n"))
      await client.wait(for: "401")
    }
    #expect(log.all.count == 2)
    #expect(log.all.contains { $0.contains("GET /files/{id} 200") && $0.contains("boss") })
    #expect(log.all.allSatisfy { !$0.contains("secret") })
  }
}

/// Holds back whoever wants to pass until it is opened.
final class Gate: Sendable {
  private let state = Mutex((isOpen: false, waiting: 0))

  var waiting: Int { state.withLock { $0.waiting } }

  func count() { state.withLock { $0.waiting += 1 } }
  func open() { state.withLock { $0.isOpen = true } }

  func pass() async {
    count()
    await until(30) { state.withLock { $0.isOpen } }
  }
}
