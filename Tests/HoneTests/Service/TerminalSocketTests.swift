import Foundation
import Hone
import HoneTestSupport
import Testing

extension Home {
  fileprivate var terminal: URL { url.appendingPathComponent("terminal") }
  fileprivate var socket: String { terminal.appendingPathComponent("socket").path }
}

private func served(_ bench: Workbench) async throws -> Service {
  try await bench.service {
    $0.runsJobs = false
    $0.answersTerminals = true
  }
}

/// What waits for a socket waits on a thread of its own: those that tests share are needed by the other side.
private func aside<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
  }
}

/// Says something, and nothing more; gives all that comes until the other side closes, unless it is not waited for.
private func answer(to bytes: [UInt8], at path: String, waits: Bool = true) async throws -> String {
  try await aside {
    let socket = try LocalSocket.dial(path)
    try? socket.send(bytes, within: .seconds(10))
    socket.endSending()
    var answer: [UInt8] = []
    while waits, let more = try? socket.receive(65_536, within: .seconds(10)), !more.isEmpty { answer += more }
    return String(decoding: answer, as: UTF8.self)
  }
}

private func rights(_ path: String) throws -> Int? {
  try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
}

@Test func onlyTheOwnerMayOpenTheSocket() async throws {
  let bench = try Workbench()
  try FileManager.default.createDirectory(
    at: bench.home.terminal, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o777])
  let service = try await served(bench)
  #expect(try rights(bench.home.terminal.path) == 0o700)
  #expect(try rights(bench.home.socket) == 0o600)
  // A folder that others can enter could hold anybody's socket: nothing is sent there.
  try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: bench.home.terminal.path)
  await #expect(throws: HoneError.self) {
    try await bench.home.service(runsJobs: false, patience: .milliseconds(100))
  }
  await service.stop()
}

@Test func bytesThatAreNoRequestHarmNothing() async throws {
  let bench = try Workbench()
  let service = try await served(bench)
  let file = #"{"addFile":{"name":"a","purpose":"batch","owner":"me"}}"# + "\n"
  var hostile: [[UInt8]] = [
    "", "\n", "{}\n", "null\n", "{\"job\":{}}\n", "{\"job\":{\"id\":7}}\n", "{\"keys\":{},\"usage\":{}}\n",
    String(repeating: "[", count: 500_000) + "\n", String(repeating: "x", count: 1_200_000),
    #"{"jobs":{"query":{"limit":-9223372036854775808,"newestFirst":true},"filter":{"any":{}}}}"# + "\n",
    #"{"jobs":{"query":{"limit":9223372036854775807,"newestFirst":false},"filter":{"any":{}}}}"# + "\n",
    #"{"follow":{"id":"x","after":9223372036854775807}}"# + "\n",
    #"{"addFile":{"name":"a","purpose":"batch","owner":"me","expiresAfter":9223372036854775807}}"# + "\n1\nx0\n",
    file, file + "5\nabc", file + "-1\n", file + "99999999999999999999\n", file + "1048577\n", file + "3\nabcx\n",
    file + String(repeating: "1", count: 40),
  ].map { Array($0.utf8) }
  let whole = Array(#"{"createKey":{"_0":{"name":"n","scopes":["read"],"requestsPerMinute":1}}}"#.utf8)
  var seed: UInt64 = 7
  func random(below limit: Int) -> Int {
    seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(seed >> 33) % limit
  }
  for _ in 0..<(runsEverything ? 5000 : 60) {
    var bytes = whole
    for _ in 0..<3 { bytes[random(below: bytes.count)] = UInt8(random(below: 256)) }
    hostile.append(bytes.prefix(random(below: bytes.count + 1)) + [0x0A])
  }
  for (number, bytes) in hostile.enumerated() {
    _ = try await answer(to: bytes, at: bench.home.socket, waits: number % 4 != 3)
  }
  let client = try await bench.home.service(runsJobs: false)
  _ = try await client.keys()
  // What came in pieces and broke off is no file, and leaves nothing.
  let files = try await service.files().data
  #expect(files.allSatisfy { $0.bytes == 1 })
  for _ in 0..<200 where try parts(bench) > 0 { try await Task.sleep(for: .milliseconds(10)) }
  #expect(try parts(bench) == 0)
  await service.stop()
}

private func parts(_ bench: Workbench) throws -> Int {
  try FileManager.default.contentsOfDirectory(atPath: bench.home.url.path + "/files").filter { $0.hasPrefix(".") }.count
}

@Test func aWrongRequestGetsALineThatSaysSo() async throws {
  let bench = try Workbench()
  let service = try await served(bench)
  let lines = try await answer(to: Array("{\"fly\":{}}\n".utf8), at: bench.home.socket).split(separator: "\n")
  #expect(lines.count == 2)
  #expect(lines.first?.contains("\"protocol\":1") == true)
  #expect(lines.last?.hasPrefix(#"{"refused":"#) == true)
  await service.stop()
}

@Test func moreCommandsThanThereIsRoomForAreToldSo() async throws {
  let bench = try Workbench()
  let service = try await served(bench)
  let client = try await bench.home.service(runsJobs: false)
  var guests: [LocalSocket] = []
  for _ in 0..<64 {
    guests.append(
      try await aside { [path = bench.home.socket] in
        let guest = try LocalSocket.dial(path)
        _ = try guest.receive(10, within: .seconds(20))
        return guest
      })
  }
  await #expect { try await client.keys() } throws: { ($0 as? HoneError)?.kind == .busy }
  for guest in guests { guest.hangUp() }
  for _ in 0..<200 {
    if (try? await client.keys()) != nil { break }
    try await Task.sleep(for: .milliseconds(10))
  }
  #expect(try await client.keys().isEmpty)
  await service.stop()
}

@Test func aSocketThatAKilledProcessLeftStopsNobody() async throws {
  let bench = try Workbench()
  try FileManager.default.createDirectory(
    at: bench.home.terminal, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  _ = try LocalSocket.listen(at: bench.home.socket)
  #expect(FileManager.default.fileExists(atPath: bench.home.socket))
  let own = try await bench.home.service(runsJobs: false)
  #expect(own is Service)
  // A command that holds the home for a moment and opens no door: the others wait for it.
  let waiting = Task { [home = bench.home] in try await home.service(runsJobs: false) }
  try await Task.sleep(for: .milliseconds(120))
  await own.leave()
  let next = try await waiting.value
  #expect(next is Service)
  await next.leave()
  let service = try await served(bench)
  let client = try await bench.home.service(runsJobs: false)
  #expect(try await client.keys().isEmpty && !(client is Service))
  await service.stop()
}

@Test func aHomeWithALongPathIsReachedThroughTheTemporaryFolder() async throws {
  let bench = try Workbench()
  let home = Home(bench.folder.appendingPathComponent(String(repeating: "long-name", count: 12)))
  var options = ServiceOptions()
  (options.runsJobs, options.answersTerminals) = (false, true)
  for _ in 0..<2 {
    let service = try await Service(home, options: options)
    let path = try String(contentsOf: home.terminal.appendingPathComponent("place"), encoding: .utf8)
    #expect(path.utf8.count <= LocalSocket.longestPath)
    let folder = (path as NSString).deletingLastPathComponent
    #expect(try rights(folder) == 0o700 && rights(path) == 0o600)
    let client = try await home.service(runsJobs: false)
    #expect(try await client.keys().isEmpty && !(client is Service))
    await service.stop()
    #expect(!FileManager.default.fileExists(atPath: folder))
  }
}

@Test func aProcessThatHasTheHomeAndSaysNothingIsNamed() async throws {
  let bench = try Workbench()
  let service = try await bench.service {
    $0.runsJobs = false
    $0.name = "hone serve"
  }
  func error() async -> HoneError? {
    do {
      _ = try await bench.home.service(runsJobs: false, patience: .milliseconds(200))
      return nil
    } catch {
      return error as? HoneError
    }
  }
  let unheard = await error()
  #expect(unheard?.code == "home_in_use" && unheard?.message.contains("hone serve, process \(getpid())") == true)
  try FileManager.default.createDirectory(
    at: bench.home.terminal, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  let deaf = try LocalSocket.listen(at: bench.home.socket)
  let silent = await error()
  #expect(silent?.code == "home_silent" && silent?.message.contains("hone serve, process \(getpid())") == true)
  deaf.hangUp()
  await service.stop()
}

@Test func aFollowerWhoseConnectionBreaksGoesOnAfterTheLastEvent() async throws {
  let bench = try Workbench()
  let service = try await bench.service { $0.runsJobs = false }
  try FileManager.default.createDirectory(
    at: bench.home.terminal, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  let door = try LocalSocket.listen(at: bench.home.socket)
  let answers: [(request: String?, answer: String)] = [
    (nil, ""),
    (#"{"follow":{"after":0,"id":"j"}}"#, #"{"following":{}}"# + "\n" + event(1) + event(2) + #"{"event":{"_0""#),
    (#"{"follow":{"after":2,"id":"j"}}"#, #"{"following":{}}"# + "\n{\"beat\":{}}\n" + event(3) + "{\"done\":{}}\n"),
  ]
  let talk = Thread {
    for (request, answer) in answers {
      guard let guest = try? door.accept(within: .seconds(10)) else {
        Issue.record("nobody came")
        return
      }
      try? guest.send(Array("{\"hone\":\"0\",\"process\":1,\"protocol\":1}\n".utf8), within: .seconds(1))
      guard let request else { continue }
      let asked = (try? guest.receive(4096, within: .seconds(10))) ?? []
      #expect(String(decoding: asked, as: UTF8.self) == request + "\n")
      try? guest.send(Array(answer.utf8), within: .seconds(1))
    }
  }
  talk.start()
  let client = try await bench.home.service(runsJobs: false)
  var seen: [Int] = []
  for await event in try await client.eventStream(ofJob: "j", after: 0) { seen.append(event.number) }
  #expect(seen == [1, 2, 3])
  await service.stop()
}

private func event(_ number: Int) -> String {
  #"{"event":{"_0":{"createdAt":0,"id":"e","job":"j","level":"info","message":"m","number":\#(number)}}}"# + "\n"
}
