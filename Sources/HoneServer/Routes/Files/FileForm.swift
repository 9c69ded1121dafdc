internal import Foundation
internal import Hone
internal import HoneAPI

/// Reads the form of a file: fields and the file itself, in any order.
struct FileForm {
  /// Keeps one file, of which name, purpose and the rest are known.
  typealias Keep = (FileCreate, String, AsyncThrowingStream<[UInt8], any Error>) async throws -> StoredFileInfo

  private var fields: [(name: String, value: String)] = []
  private var waiting: (filename: String, spool: Spool)?

  /// Reads to the end of the form. A file goes straight to `keep` when its purpose came before it, as most clients have
  /// it; otherwise it waits in `folder`, so that memory does not grow with it.
  static func keep(_ form: MultipartReader, in folder: URL, _ keep: Keep) async throws -> StoredFileInfo {
    var reading = FileForm()
    var kept: StoredFileInfo?
    while let part = try await form.next() {
      switch part {
      case .field(let name, let value): reading.fields.append((name, value))
      case .file(let file):
        guard file.name == "file", kept == nil, reading.waiting == nil else { continue }
        if reading.fields.contains(where: { $0.name == "purpose" }) {
          kept = try await keep(FileCreate(form: reading.fields), file.filename, file.bytes.stream)
        } else {
          let spool = try await Spool(in: folder)
          for try await piece in file.bytes { try await spool.write(piece) }
          reading.waiting = (file.filename, spool)
        }
      }
    }
    if let kept { return kept }
    let create = try FileCreate(form: reading.fields)
    guard let (filename, spool) = reading.waiting else {
      throw RequestError.missing(parameter: "file", expected: "a file")
    }
    return try await keep(create, filename, try await spool.bytes())
  }
}

extension MultipartReader.FileBytes {
  /// The same pieces, as the service takes them.
  var stream: AsyncThrowingStream<[UInt8], any Error> { AsyncThrowingStream { try await next() } }
}
