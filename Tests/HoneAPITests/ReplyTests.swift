import Foundation
import HoneAPI
import Testing

/// A reply, the golden file it must equal, and reading it back.
struct GoldenReply: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let written: @Sendable () throws -> [UInt8]
  /// Whether the golden text, read, is the value again.
  let isReadBack: @Sendable ([UInt8]) throws -> Bool

  init<Value: Reply & Codable & Equatable>(_ name: String, _ reply: Value) {
    testDescription = name
    written = { try reply.body() }
    isReadBack = { try JSONDecoder().decode(Value.self, from: Data($0)) == reply }
  }

  func golden() throws -> [UInt8] {
    let folder = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
    let file = try Data(contentsOf: folder.appendingPathComponent("\(testDescription).json"))
    return Array(file.prefix { $0 != 0x0A })
  }

  static let all: [GoldenReply] = [
    GoldenReply("file", ReplySamples.file), GoldenReply("azure_file", ReplySamples.azureFile),
    GoldenReply("file_list", ListReply([ReplySamples.file, ReplySamples.results], hasMore: true)),
    GoldenReply("empty_list", ListReply<FileObject>([])),
    GoldenReply("event_list", ListReply([FineTuneEventObject(createdAt: 1_700_000_000, level: .warn, message: "m")])),
    GoldenReply("deleted", DeletedReply(id: "ft-a", object: .fineTune)),
    GoldenReply("upload", ReplySamples.upload),
    GoldenReply("upload_part", UploadPartObject(id: "part_a", createdAt: 1_700_000_000, uploadID: "upload_a")),
    GoldenReply("completion", ReplySamples.completion), GoldenReply("completion_frame", ReplySamples.completionFrame),
    GoldenReply("usage_frame", ReplySamples.usageFrame), GoldenReply("chat", ReplySamples.chat),
    GoldenReply("chat_start", ReplySamples.chunk(.start)), GoldenReply("chat_piece", ReplySamples.chunk(.piece("Hi"))),
    GoldenReply("chat_end", ReplySamples.chunk(.end, .stop)),
    GoldenReply("model", ModelObject(id: "ada", created: 1_700_000_000, ownedBy: "hone")),
    GoldenReply("azure_model", ReplySamples.azureModel), GoldenReply("engine", EngineObject(id: "ada", owner: "hone")),
    GoldenReply("deployment", ReplySamples.deployment),
    GoldenReply("queued_fine_tune", ReplySamples.queuedFineTune), GoldenReply("fine_tune", ReplySamples.fineTune),
    GoldenReply("queued_job", ReplySamples.queuedJob), GoldenReply("failed_job", ReplySamples.failedJob),
    GoldenReply("message", ReplySamples.message), GoldenReply("metrics", ReplySamples.metrics),
    GoldenReply("checkpoint", ReplySamples.checkpoint),
    GoldenReply("error", Refusal(.wrong(parameter: "n", expected: "an integer", found: "true")).reply),
    GoldenReply("plain_error", Refusal.server("m").reply),
  ]
}

@Test(arguments: GoldenReply.all)
private func aReplyHasExactlyItsFieldsInTheirOrder(_ reply: GoldenReply) throws {
  let (written, golden) = (try reply.written(), try reply.golden())
  #expect(String(decoding: written, as: UTF8.self) == String(decoding: golden, as: UTF8.self))
  #expect(try reply.isReadBack(golden))
}

@Test func everyGoldenFileHasItsReply() throws {
  let folder = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
  let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
  #expect(Set(files) == Set(GoldenReply.all.map { "\($0.testDescription).json" }))
}

@Test func aNullableFieldMayBeAbsentWhenRead() throws {
  let choice = try JSONDecoder().decode(CompletionReply.Choice.self, from: Data(#"{"text":"a","index":0}"#.utf8))
  #expect(choice == .init(text: "a", index: 0))
}
