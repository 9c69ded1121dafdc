internal import Foundation
internal import NIOPosix

/// A file that is read piece by piece, off the threads that answer.
struct FilePieces: Sendable {
  static let pieceBytes = 128 << 10

  let byteCount: Int
  private let handle: FileHandle

  /// Throws: Foundation's errors for a file that is not there or may not be read.
  init(path: String) async throws {
    (handle, byteCount) = try await NIOThreadPool.singleton.runIfActive {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      let end = try handle.seekToEnd()
      try handle.seek(toOffset: 0)
      return (handle, Int(clamping: end))
    }
  }

  /// The next bytes, nil at the end.
  func next() async throws -> [UInt8]? {
    let handle = handle
    return try await NIOThreadPool.singleton.runIfActive {
      guard let data = try handle.read(upToCount: Self.pieceBytes), !data.isEmpty else { return nil }
      return Array(data)
    }
  }
}
