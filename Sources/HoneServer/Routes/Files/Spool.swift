internal import Foundation
internal import NIOPosix

/// Bytes that came before it was known what they are for: a file without a name, which goes when nobody holds it.
final class Spool: Sendable {
  private static let pieceBytes = 256 << 10

  private let handle: FileHandle

  /// Throws: Foundation's errors for a folder that cannot be written.
  init(in folder: URL) async throws {
    handle = try await NIOThreadPool.singleton.runIfActive {
      let url = folder.appendingPathComponent(".spool-\(UUID().uuidString)")
      try Data().write(to: url, options: .withoutOverwriting)
      defer { try? FileManager.default.removeItem(at: url) }
      return try FileHandle(forUpdating: url)
    }
  }

  func write(_ piece: [UInt8]) async throws {
    let handle = handle
    try await NIOThreadPool.singleton.runIfActive { try handle.write(contentsOf: piece) }
  }

  /// The bytes from the beginning, to be read once.
  func bytes() async throws -> AsyncThrowingStream<[UInt8], any Error> {
    let handle = handle
    try await NIOThreadPool.singleton.runIfActive { try handle.seek(toOffset: 0) }
    return AsyncThrowingStream { [self] in try await next() }
  }

  private func next() async throws -> [UInt8]? {
    let handle = handle
    return try await NIOThreadPool.singleton.runIfActive {
      guard let data = try handle.read(upToCount: Self.pieceBytes), !data.isEmpty else { return nil }
      return Array(data)
    }
  }
}
