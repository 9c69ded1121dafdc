internal import HoneAPI

/// The parts of a form, in the order in which they come, each read before the next.
package actor MultipartReader {
  /// What a form may hold.
  package struct Limits: Sendable {
    package var fileBytes = 512 << 20
    package var fieldBytes = 64 << 10
    package var headBytes = 16 << 10
    package var parts = 64

    package init() {}
  }

  package enum Part: Sendable {
    case field(name: String, value: String)
    case file(FilePart)
  }

  /// A file in a form; its bytes are read once, before the next part.
  package struct FilePart: Sendable {
    package let name: String
    package let filename: String
    package let contentType: String?
    package let bytes: FileBytes
  }

  /// The bytes of a file, piece by piece, as they come in; memory does not grow with the file.
  package struct FileBytes: AsyncSequence, AsyncIteratorProtocol, Sendable {
    fileprivate let reader: MultipartReader
    fileprivate let number: Int

    package func makeAsyncIterator() -> FileBytes { self }

    /// Throws: a `Refusable` error for a form that is broken, ends too early, or whose file is too large.
    package func next() async throws -> [UInt8]? { try await reader.bytes(of: number) }
  }

  private let body: IncomingBody
  private let limits: Limits
  private var parser: MultipartParser
  private var partCount = 0
  /// Whether the bytes of the last file part are yet to come.
  private var isInFile = false
  private var fileBytes = 0

  package init(boundary: String, body: IncomingBody, limits: Limits = Limits()) {
    self.body = body
    self.limits = limits
    parser = MultipartParser(boundary: boundary, headLimit: limits.headBytes)
  }

  /// The next part, nil at the end; what was not read of a file is passed over. Throws: a `Refusable` error.
  package func next() async throws -> Part? {
    while isInFile { _ = try await bytes(of: partCount) }
    guard case .part(let head) = try await event() else {
      // Whatever follows the form is read, so that the connection can go on.
      while try await body.next() != nil {}
      return nil
    }
    partCount += 1
    guard partCount <= limits.parts else { throw MultipartFault.tooManyParts(limit: limits.parts) }
    guard let filename = head.filename else { return .field(name: head.name, value: try await field(head.name)) }
    (isInFile, fileBytes) = (true, 0)
    let bytes = FileBytes(reader: self, number: partCount)
    return .file(FilePart(name: head.name, filename: filename, contentType: head.contentType, bytes: bytes))
  }

  private func field(_ name: String) async throws -> String {
    var value: [UInt8] = []
    while case .bytes(let piece) = try await event() {
      guard piece.count <= limits.fieldBytes - value.count else {
        throw MultipartFault.fieldTooLarge(name: name, limit: limits.fieldBytes)
      }
      value += piece
    }
    guard let text = String(validating: value, as: UTF8.self) else { throw MultipartFault.notText(name: name) }
    return text
  }

  fileprivate func bytes(of number: Int) async throws -> [UInt8]? {
    guard isInFile, number == partCount else { return nil }
    guard case .bytes(let piece) = try await event() else {
      isInFile = false
      return nil
    }
    guard piece.count <= limits.fileBytes - fileBytes else {
      throw MultipartFault.fileTooLarge(limit: limits.fileBytes)
    }
    fileBytes += piece.count
    return piece
  }

  private func event() async throws -> MultipartParser.Event {
    while true {
      if let event = try parser.next() { return event }
      guard let piece = try await body.next() else { throw MultipartFault.cutShort }
      parser.feed(piece)
    }
  }
}
