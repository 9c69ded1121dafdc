import HoneAPI
import HoneTestSupport
import Testing

private func frame(_ data: String, id: String? = nil) -> String {
  String(decoding: ServerSentEvent.frame(data: Array(data.utf8), id: id), as: UTF8.self)
}

/// The events that a reader by the book finds: fields after a colon and at most one space, data lines joined by LF.
private func events(_ stream: String) -> [(id: String?, data: String)] {
  var (events, data): ([(id: String?, data: String)], [String]) = ([], [])
  var id: String?
  let text = stream.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
  for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
    if line.isEmpty {
      if !data.isEmpty { events.append((id, data.joined(separator: "\n"))) }
      data = []
      continue
    }
    let name = line.prefix { $0 != ":" }
    var value = line.dropFirst(name.count + 1)
    if value.hasPrefix(" ") { value = value.dropFirst() }
    if name == "data" { data.append(String(value)) }
    if name == "id" { id = String(value) }
  }
  return events
}

@Test func aFrameIsOneLineOfDataAndAnEmptyOne() {
  #expect(frame(#"{"a":1}"#) == "data: {\"a\":1}\n\n")
  #expect(frame("{}", id: "17") == "id: 17\ndata: {}\n\n")
  #expect(frame("") == "data: \n\n")
  #expect(ServerSentEvent.done == Array("data: [DONE]\n\n".utf8))
  #expect(ServerSentEvent.keepAlive == Array(": keep-alive\n\n".utf8))
}

@Test(arguments: [
  ("a\nb", "a\nb"), ("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("a\n\nb", "a\n\nb"), ("\n", "\n"),
  ("a\r\n\r\nb\n", "a\n\nb\n"),
  ("data: x\n\nid: 3", "data: x\n\nid: 3"), (" a", " a"), (": a", ": a"),
])
private func dataOfSeveralLinesStaysOneEvent(_ data: String, _ read: String) {
  let found = events(frame(data, id: "1"))
  #expect(found.count == 1 && found.first?.data == read && found.first?.id == "1")
}

@Test(arguments: ["1\n", "1\r", "a\u{0}", "1\r\ndata: x"])
private func anIdThatNoFrameCanHoldIsLeftOut(_ id: String) {
  #expect(frame("{}", id: id) == "data: {}\n\n")
}

@Test func aStreamOfRepliesIsReadBack() throws {
  var stream: [UInt8] = []
  var random = Seeded(3)
  var texts: [String] = []
  for index in 0..<300 {
    texts.append(random.text())
    let choice = CompletionReply.Choice(text: texts[index], index: 0)
    let reply = CompletionReply(id: "cmpl-a", created: 0, model: "ada", choices: [choice])
    let frame = try ServerSentEvent.frame(reply, id: "\(index)")
    // The oldest clients read line by line: the data must be one.
    #expect(frame.split(separator: 0x0A).count == 2)
    stream += frame
    if index % 7 == 0 { stream += ServerSentEvent.keepAlive }
  }
  stream += ServerSentEvent.done
  let found = events(String(decoding: stream, as: UTF8.self))
  #expect(found.count == 301 && found.last?.data == "[DONE]")
  for (index, event) in found.dropLast().enumerated() {
    #expect(event.id == "\(index)")
    let choice = CompletionReply.Choice(text: texts[index], index: 0)
    let reply = CompletionReply(id: "cmpl-a", created: 0, model: "ada", choices: [choice])
    #expect(event.data.utf8.elementsEqual(try reply.body()))
  }
}

@Test func noOrdinaryReplyHasAFieldNamedError() throws {
  for reply in GoldenReply.all
  where !reply.testDescription.hasSuffix("error") && !reply.testDescription.hasSuffix("_job") {
    #expect(!String(decoding: try reply.written(), as: UTF8.self).contains("\"error\":"))
  }
}
