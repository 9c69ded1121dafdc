import Foundation
import HoneStore
import HoneTestSupport

/// A folder that is not there yet; in memory where the system has a place for that, because every write waits for the
/// disk, and a busy disk would make minutes of these tests.
func newFolder(onDisk: Bool = false) -> URL {
  let memory = "/dev/shm"
  let isInMemory = !onDisk && FileManager.default.isWritableFile(atPath: memory)
  let parent = isInMemory ? URL(fileURLWithPath: memory) : FileManager.default.temporaryDirectory
  return parent.appendingPathComponent("hone-store-\(UUID().uuidString)", isDirectory: true)
}

/// Empty records that exist while `body` runs.
func withStore<Result>(_ body: (Store) throws -> Result) throws -> Result {
  let folder = newFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  let store = try Store(in: folder)
  defer { try? store.close() }
  return try body(store)
}

/// The name of an error's case.
func kind(_ error: StoreError?) -> String? {
  error.flatMap { Mirror(reflecting: $0).children.first?.label }
}

extension Data {
  init(_ text: String) { self.init(text.utf8) }
}

extension StoredFile {
  static func sample(_ id: String, purpose: String = "fine-tune", sha256: String = "aa", expiresAt: Int? = nil) -> Self
  {
    StoredFile(
      id: id, filename: "train \(id) é\u{1F600}.jsonl", purpose: purpose, bytes: 12, sha256: sha256,
      createdAt: 1_700_000_000,
      status: "uploaded", expiresAt: expiresAt, owner: "me", tokens: 70, examples: 9)
  }
}

extension StoredJob {
  static func sample(_ id: String, metadata: [String: String] = [:]) -> Self {
    StoredJob(
      id: id, surface: "fine_tuning", createdAt: 1_700_000_000, owner: "me", status: "queued", request: Data("{}"),
      state: Data([0, 1, 255]), model: "ft:nano:me::\(id)", trainingFile: "file-t", validationFile: "file-v",
      resultFile: "file-r-\(id)", metadata: metadata)
  }
}

extension StoredEvent {
  static func sample(_ job: String, _ number: Int, _ message: String = "Fine-tune started") -> Self {
    StoredEvent(
      job: job, number: number, id: "ftevent-\(job)-\(number)", createdAt: 1_700_000_000, level: "info",
      message: message, payload: Data("{\"step\":\(number)}"))
  }
}

extension StoredCheckpoint {
  static func sample(_ job: String, step: Int) -> Self {
    StoredCheckpoint(
      job: job, step: step, id: "ftckpt_\(job)_\(step)", createdAt: 1_700_000_000, model: "\(job):step-\(step)",
      payload: Data("{}"))
  }
}

extension StoredUpload {
  static func sample(_ id: String, expiresAt: Int = 2_000_000_000) -> Self {
    StoredUpload(
      id: id, filename: "big.jsonl", purpose: "fine-tune", bytes: 30, mimeType: "text/jsonl", status: "pending",
      createdAt: 1_700_000_000, expiresAt: expiresAt, owner: "me", fileSeconds: 7200)
  }
}

extension UploadPart {
  static func sample(_ id: String, of upload: String, sha256: String = "cc") -> Self {
    UploadPart(id: id, upload: upload, bytes: 10, sha256: sha256, createdAt: 1_700_000_000)
  }
}

extension APIKey {
  static func sample(_ id: String) -> Self {
    APIKey(
      id: id, name: "laptop", owner: "me", hash: "hash of \(id)", prefix: "sk-ab", scopes: ["infer", "read"],
      createdAt: 1_700_000_000, requestsPerMinute: 60)
  }
}
