import Foundation
import HoneAPI
import HoneServer
import HoneTestSupport
import Synchronization
import Testing

@Suite struct StreamTests {
  private func route(_ run: @escaping EventStream.Run) -> Router {
    testRouter([Route(.get, "stream", scope: .infer, summary: "Frames.") { _ in .events(run) }])
  }

  @Test func framesComeOneByOne() async throws {
    let (steps, next) = AsyncStream.makeStream(of: Int.self)
    let router = route { writer in
      for await step in steps { try await writer.send(Echo(pattern: "p", value: "\(step)"), id: "\(step)") }
      try await writer.done()
    }
    try await withServer(router) { place, _ in
      let client = try await RawClient(place)
      await client.send(get("/v1/stream"))
      next.yield(1)
      let first = await client.wait(for: "}\n\n")
      #expect(first.contains("content-type: text/event-stream\r\n") && first.contains("transfer-encoding: chunked"))
      #expect(first.contains("id: 1\ndata: {\"pattern\":\"p\",\"value\":\"1\"}\n\n") && !first.contains("DONE"))
      next.yield(2)
      next.finish()
      #expect(await client.wait(for: "0\r\n\r\n").contains("data: [DONE]\n\n"))
      // The connection goes on.
      await client.send(get("/v1/nothing"))
      #expect(await client.wait(for: "404 ").contains("404 "))
    }
  }

  @Test func anErrorBeforeTheFirstFrameIsAPlainReply() async throws {
    let router = route { _ in throw Refusal.unknownModel("no such model") }
    try await withServer(router) { place, _ in
      let client = try await RawClient(place)
      await client.send(get("/v1/stream"))
      let text = await client.wait(for: "}}")
      #expect(text.hasPrefix("HTTP/1.1 404 ") && text.contains("content-type: application/json"))
      #expect(!text.contains("event-stream"))
    }
  }

  @Test func anErrorLaterIsTheLastFrame() async throws {
    let router = route { writer in
      try await writer.send(Echo(pattern: "p", value: "1"))
      throw Surprise()
    }
    try await withServer(router) { place, _ in
      let client = try await RawClient(place)
      await client.send(get("/v1/stream"))
      let text = await client.wait(for: "0\r\n\r\n")
      #expect(text.hasPrefix("HTTP/1.1 200 OK") && text.contains("data: {\"error\":{\"message\":"))
      #expect(!text.contains("secret"))
    }
  }

  @Test func aSilentStreamIsKeptAlive() async throws {
    let router = route { _ in try await Task.sleep(for: .seconds(60)) }
    try await withServer(router, { $0.keepAlive = .milliseconds(20) }) { place, _ in
      let client = try await RawClient(place)
      await client.send(get("/v1/stream"))
      #expect(await client.wait(for: ": keep-alive\n\n", count: 3).contains("text/event-stream"))
      await client.close()
    }
  }

  @Test func whoHangsUpStopsTheWork() async throws {
    let (began, ended) = (Flag(), Flag())
    let router = testRouter([
      Route(.get, "stream", scope: .infer, summary: "Frames.") { _ in
        .events { writer in
          try await writer.open()
          began.raise()
          defer { ended.raise() }
          try await Task.sleep(for: .seconds(60))
        }
      },
      Route(.get, "work", scope: .infer, summary: "Work.") { _ in
        began.raise()
        defer { ended.raise() }
        try await Task.sleep(for: .seconds(60))
        return .text("")
      },
    ])
    try await withServer(router) { place, _ in
      for path in ["/v1/stream", "/v1/work"] {
        let client = try await RawClient(place)
        await client.send(get(path))
        await until { began.isUp }
        #expect(!ended.isUp)
        await client.close()
        await until { ended.isUp }
        #expect(ended.isUp, "\(path)")
        (began.isUp, ended.isUp) = (false, false)
      }
    }
  }

  @Test func aStreamThatNobodyReadsIsDropped() async throws {
    let frames = Mutex(0)
    let ended = Flag()
    let router = route { writer in
      defer { ended.raise() }
      let frame = ServerSentEvent.frame(data: [UInt8](repeating: 0x78, count: 10_000))
      while true {
        try await writer.send(frame)
        frames.withLock { $0 += 1 }
      }
    }
    try await withServer(router, { $0.timeouts.write = .milliseconds(200) }) { place, _ in
      let client = try await RawClient(place, reads: false)
      await client.send(get("/v1/stream"))
      await until { ended.isUp }
      #expect(ended.isUp)
      // What the system's buffers hold, and no more.
      #expect(frames.withLock { $0 } < 3000)
      await client.close()
    }
  }

  @Test func droppedStreamsLeaveNothing() async throws {
    let count = runsEverything ? 10_000 : 300
    let open = Mutex(0)
    let metrics = Metrics()
    let routes = [
      Route(.get, "stream", scope: .infer, summary: "Frames.") { _ in
        .events { writer in
          open.withLock { $0 += 1 }
          defer { open.withLock { $0 -= 1 } }
          while true {
            try await writer.send(Echo(pattern: "p", value: "x"))
            try await Task.sleep(for: .milliseconds(1))
          }
        }
      }
    ]
    try await withServer(testRouter(routes, metrics: metrics)) { place, _ in
      for _ in 0..<(count / 50) {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<50 {
            group.addTask {
              let client = try await RawClient(place)
              await client.send(get("/v1/stream"))
              await client.wait(for: "data:")
              await client.close()
            }
          }
          try await group.waitForAll()
        }
      }
      await until { await metrics.text().contains("hone_dropped_replies_total \(count)\n") }
      await until { await metrics.text().contains("hone_connections 0\n") }
      #expect(open.withLock { $0 } == 0)
      #expect(await metrics.text().contains("hone_connections 0\n"))
      #expect(await metrics.text().contains("hone_dropped_replies_total \(count)\n"))
    }
  }

  @Test func theLastEventIsHandedOn() async {
    let router = testRouter([
      Route(.get, "x", scope: .read, summary: "") { call in .text(call.lastEventID ?? "none") }
    ])
    #expect(await router.answer(PlainRequest("GET", "/v1/x", headers: [("Last-Event-ID", "ev-7")])).text == "ev-7")
    #expect(await router.answer(PlainRequest("GET", "/v1/x")).text == "none")
  }
}

/// Something that has happened.
final class Flag: Sendable {
  private let state = Mutex(false)

  var isUp: Bool {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }

  func raise() { isUp = true }
}
