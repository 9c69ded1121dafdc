import Foundation
import Hone
import HoneTestSupport
import Testing

private func names(in folder: URL) -> [String] {
  (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
}

private func pieces(_ bytes: [UInt8], of size: Int) -> AsyncThrowingStream<[UInt8], any Error> {
  AsyncThrowingStream { stream in
    for start in stride(from: 0, to: bytes.count, by: size) {
      stream.yield(Array(bytes[start..<min(start + size, bytes.count)]))
    }
    stream.finish()
  }
}

private let rows = #"{"prompt":"a ->","completion":" b"}"# + "\n\r\n" + #"{"prompt":"","completion":"é"}"#

@Test func aFileComesBackAsItWasSent() async throws {
  let bench = try Workbench()
  let service = try await bench.service()
  let bytes = [UInt8](("\u{FEFF}" + rows).utf8)
  for size in [1, 3, 1000] {
    let file = try await service.addFile(
      name: #"dir\sub/tr"# + "\u{7}ain é.jsonl", purpose: "fine-tune", owner: "me", content: pieces(bytes, of: size))
    #expect(file.filename == "train é.jsonl" && file.bytes == bytes.count && file.status == "processed")
    #expect(try [UInt8](Data(contentsOf: await service.content(ofFile: file.id))) == bytes)
    #expect(try await service.file(file.id) == file)
  }
  // The same bytes lie there once, until the last of the three is deleted.
  let files = try await service.files().data
  #expect(files.count == 3)
  let folder = bench.home.url.appendingPathComponent("files")
  for (index, file) in files.enumerated() {
    #expect(names(in: folder).count == 1, "before deletion \(index)")
    try await service.deleteFile(file.id)
  }
  #expect(names(in: folder).isEmpty)
  #expect(await service.refusal { try await $0.deleteFile(files[0].id) }?.kind == .notFound)
  await service.stop()
}

@Test(arguments: [
  ("", "at least one byte"), ("\n \n", "empty file"), ("{\"prompt\":\"a\"}\n", "line 1"), ("x", "line 1"),
  (#"{"prompt":"a","completion":"b"}"# + "\n" + #"{"prompt":"a","completion":""}"#, "line 2"),
  (#"{"messages":[{"role":"user","content":"a"}]}"#, "assistant"), ("[1]", "JSON object"),
])
func aTrainingFileThatCannotTrainIsRefusedAndLeavesNothing(_ text: String, _ words: String) async throws {
  let bench = try Workbench()
  let service = try await bench.service()
  let refusal = await service.refusal {
    try await $0.addFile(name: "a.jsonl", purpose: "fine-tune", owner: "me", content: Array(text.utf8))
  }
  #expect(refusal?.parameter == "file" && refusal?.fault == .caller && refusal?.kind == .invalid)
  #expect(refusal?.description.contains(words) == true, "\(String(describing: refusal))")
  #expect(names(in: bench.home.url.appendingPathComponent("files")).isEmpty)
  #expect(try await service.files().data.isEmpty)
  await service.stop()
}

@Test func filesOfOtherPurposesAreTakenAsTheyAre() async throws {
  let bench = try Workbench()
  let service = try await bench.service { $0.largestFile = 100 }
  let file = try await service.addFile(name: "x.bin", purpose: "user_data", owner: "me", content: [0, 255, 10])
  #expect(file.purpose == "user_data" && file.bytes == 3)
  let unknown = await service.refusal {
    try await $0.addFile(name: "x", purpose: "fine-tune-results", owner: "me", content: [1])
  }
  #expect(unknown?.parameter == "purpose")
  let large = await service.refusal {
    try await $0.addFile(name: "x", purpose: "batch", owner: "me", content: [UInt8](repeating: 1, count: 101))
  }
  #expect(large?.code == "file_too_large")
  await service.stop()
}

@Test func whatNobodyNeedsIsSweptAtTheStart() async throws {
  let bench = try Workbench()
  let first = try await bench.service()
  let file = try await first.addFile(name: "a.jsonl", purpose: "fine-tune", owner: "me", content: Array(rows.utf8))
  await first.stop()
  let folder = bench.home.url.appendingPathComponent("files")
  for name in [".part-x", String(repeating: "0", count: 64)] {
    try Data("left".utf8).write(to: folder.appendingPathComponent(name))
  }
  let second = try await bench.service()
  #expect(names(in: folder).count == 1)
  #expect(try Data(contentsOf: await second.content(ofFile: file.id)) == Data(rows.utf8))
  await second.stop()
}

@Test func anExpiredFileIsGone() async throws {
  let bench = try Workbench()
  let service = try await bench.service()
  let file = try await service.addFile(
    name: "a.jsonl", purpose: "fine-tune", owner: "me", expiresAfter: 0, content: Array(rows.utf8))
  #expect(await service.refusal { try await $0.file(file.id) }?.code == "file_not_found")
  await service.stop()
}

@Test func anUploadInPartsBecomesOneFile() async throws {
  let bench = try Workbench()
  let service = try await bench.service()
  let bytes = Array(rows.utf8)
  let upload = try await service.createUpload(
    name: "a.jsonl", purpose: "fine-tune", bytes: bytes.count, mimeType: "text/jsonl", owner: "me")
  #expect(upload.status == "pending")
  let late = try await service.addPart(toUpload: upload.id, content: pieces(Array(bytes[20...]), of: 7))
  let early = try await service.addPart(toUpload: upload.id, content: pieces(Array(bytes[..<20]), of: 7))
  #expect(await service.refusal { try await $0.completeUpload(upload.id, parts: [early.id]) }?.parameter == "bytes")
  #expect(
    await service.refusal { try await $0.completeUpload(upload.id, parts: [early.id, "x"]) }?.parameter == "part_ids")
  // In the wrong order they are no training file, and the upload stays open.
  #expect(await service.refusal { try await $0.completeUpload(upload.id, parts: [late.id, early.id]) } != nil)
  let done = try await service.completeUpload(upload.id, parts: [early.id, late.id])
  #expect(done.status == "completed")
  let file = try #require(done.file)
  #expect(try Data(contentsOf: await service.content(ofFile: file.id)) == Data(rows.utf8))
  #expect(names(in: bench.home.url.appendingPathComponent("files")).count == 1)
  #expect(await service.refusal { try await $0.cancelUpload(upload.id) }?.code == "invalid_upload_status")
  let other = try await service.createUpload(
    name: "b", purpose: "batch", bytes: 3, mimeType: "text/plain", owner: "me")
  _ = try await service.addPart(toUpload: other.id, content: pieces([1, 2], of: 1))
  #expect(try await service.cancelUpload(other.id).status == "cancelled")
  #expect(names(in: bench.home.url.appendingPathComponent("files")).count == 1)
  await service.stop()
}

@Test func aThousandFilesAndJobsMadeAtOnceAreAllThere() async throws {
  let count = runsEverything ? 1000 : 120
  let bench = try Workbench()
  try bench.makeModel()
  let service = try await bench.service { $0.runsJobs = false }
  let request = try await bench.jobRequest(service, validation: false)
  let made = try await withThrowingTaskGroup(of: (file: String, job: String, model: String).self) { group in
    for index in 0..<count {
      group.addTask {
        let file = try await service.addFile(
          name: "\(index)", purpose: "batch", owner: "me", content: Array("\(index % 50)".utf8))
        let job = try await service.createJob(request, surface: .fineTunes, owner: "owner \(index % 7)")
        return (file.id, job.id, job.model)
      }
    }
    return try await group.reduce(into: []) { $0.append($1) }
  }
  for job in made { _ = try await service.wait(for: job.job) { $0.status == "queued" } }
  await service.stop()
  let again = try await bench.service { $0.runsJobs = false }
  #expect(try await again.jobs(ListQuery()).data.count == count)
  #expect(Set(try await again.files(purpose: "batch").data.map(\.id)) == Set(made.map(\.file)))
  #expect(Set(names(in: bench.home.url.appendingPathComponent("files"))).count == 51)
  for job in made { #expect(try await again.job(job.job).status == "queued") }
  await again.stop()
}
