import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// A hub of one model on this machine: lists files, serves ranges of them, and can fail on purpose.
final class TinyHub: Sendable {
  struct Faults {
    /// Answers with status 503 once so many bytes of files have been served.
    var failsAfter = Int.max
    /// Turns a bit of every file it serves.
    var damages = false
  }

  let endpoint: String
  private let socketNumber: Int32
  private let files: [String: Data]
  private let list: Data
  private let state = Mutex((served: 0, faults: Faults()))

  /// `list` is what `/api/models/<name>/tree/main` answers.
  init(files: [String: Data], list: Data) throws {
    self.files = files
    self.list = list
    #if canImport(Glibc)
      let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let number = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = unsafe inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        let first = unsafe bind(number, address, size) == 0 && listen(number, 16) == 0
        return unsafe first && getsockname(number, address, &size) == 0
      }
    }
    guard number >= 0, bound else { throw CocoaError(.fileReadUnknown) }
    socketNumber = number
    endpoint = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
    Thread.detachNewThread { [self] in serve() }
  }

  var served: Int { state.withLock { $0.served } }
  func set(_ faults: Faults) { state.withLock { $0 = (0, faults) } }

  func stop() {
    shutdown(socketNumber, Int32(SHUT_RDWR))
    close(socketNumber)
  }

  private func serve() {
    while true {
      let connection = accept(socketNumber, nil, nil)
      guard connection >= 0 else { return }
      var request: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 4096)
      while !request.suffix(4).elementsEqual([13, 10, 13, 10]) {
        let count = unsafe read(connection, &buffer, buffer.count)
        guard count > 0 else { break }
        request += buffer.prefix(count)
      }
      var reply = answer(String(decoding: request, as: UTF8.self))
      while !reply.isEmpty {
        let count = unsafe reply.withUnsafeBytes { unsafe write(connection, $0.baseAddress, $0.count) }
        guard count > 0 else { break }
        reply.removeFirst(count)
      }
      close(connection)
    }
  }

  private func answer(_ request: String) -> Data {
    let path = request.split(separator: " ").dropFirst().first.map(String.init) ?? ""
    if path.hasSuffix("/tree/main") { return reply("200 OK", list) }
    guard let name = path.split(separator: "/").last, var body = files[String(name)] else {
      return reply("404 Not Found", Data())
    }
    let faults = state.withLock { $0.served >= $0.faults.failsAfter ? nil : $0.faults }
    guard let faults else { return reply("503 Service Unavailable", Data()) }
    if faults.damages, !body.isEmpty { body[body.count / 2] ^= 1 }
    if let range = request.lowercased().split(separator: "bytes=").dropFirst().first?.prefix(while: {
      "0123456789-".contains($0)
    }) {
      let bounds = range.split(separator: "-").compactMap { Int($0) }
      if bounds.count == 2 { body = body.subdata(in: bounds[0]..<min(bounds[1] + 1, body.count)) }
    }
    state.withLock { $0.served += body.count }
    return reply("206 Partial Content", body)
  }

  private func reply(_ status: String, _ body: Data) -> Data {
    Data("HTTP/1.1 \(status)\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n".utf8) + body
  }
}
