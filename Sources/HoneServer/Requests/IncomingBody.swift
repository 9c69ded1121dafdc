internal import HoneAPI

/// The body of a request as it comes in, piece by piece; whoever reads slowly slows the sender.
package struct IncomingBody: Sendable {
  /// What the head said about the length; nil when it comes in chunks.
  package let declaredBytes: Int?
  private let source: @Sendable () async throws -> [UInt8]?

  /// `next` gives the pieces in order and nil at the end, and throws when the body breaks off.
  package init(declaredBytes: Int?, next: @escaping @Sendable () async throws -> [UInt8]?) {
    self.declaredBytes = declaredBytes
    source = next
  }

  /// A body that is there already, in pieces.
  package init(_ pieces: [[UInt8]]) {
    let rest = Locked(pieces[...])
    self.init(declaredBytes: pieces.reduce(0) { $0 + $1.count }) { rest.withLock { $0.popFirst() } }
  }

  /// The next piece, nil at the end.
  package func next() async throws -> [UInt8]? { try await source() }

  /// The whole body, whose bytes are taken from `share` as they come. Throws: 413 for one that is longer, before it is
  /// read where the head says so; 429.
  func collect(limit: Int, _ share: Share) async throws -> [UInt8] {
    try check(limit: limit)
    var bytes: [UInt8] = []
    while let piece = try await next() {
      guard piece.count <= limit - bytes.count else { throw Self.tooLarge(limit) }
      try share.take(piece.count)
      bytes += piece
    }
    return bytes
  }

  /// Throws: 413 for a body that is longer by what its head says.
  func check(limit: Int) throws(Refusal) {
    if let declaredBytes, declaredBytes > limit { throw Self.tooLarge(limit) }
  }

  static func tooLarge(_ limit: Int) -> Refusal {
    .tooLarge("body: expected at most \(limit) bytes, found more; send a smaller body")
  }
}
