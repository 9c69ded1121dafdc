internal import Foundation
internal import HoneFiles

/// Holds a home for one process, and says to others which.
struct HomeLock: ~Copyable {
  private let lock: FileLock

  /// Who holds a home, as it stands in `service.json`.
  private struct Holder: Codable {
    var pid: Int32
    var name: String
    var since: Int
  }

  /// - Throws: `HoneError` of kind `unavailable` that names the process which holds the home.
  init(_ home: Home, name: String, now: Int) throws {
    try FileManager.default.createDirectory(at: home.url, withIntermediateDirectories: true)
    let lock = try Self.locked(home)
    removeLeftovers(in: home.url)
    let holder = Holder(pid: ProcessInfo.processInfo.processIdentifier, name: name, since: now)
    try replaceFile(at: Self.note(home), with: encodeJSON(holder))
    self.lock = lock
  }

  /// Also where a process that is just being started still has a copy of everything open here.
  deinit { lock.release() }

  private static func locked(_ home: Home) throws -> FileLock {
    do {
      return try FileLock(at: home.url.appendingPathComponent("service.lock"))
    } catch .lockedElsewhere {
      throw inUse(home)
    } catch {
      throw error
    }
  }

  private static func note(_ home: Home) -> URL { home.url.appendingPathComponent("service.json") }

  /// The code of the error for a home that another process has.
  static let inUseCode = "home_in_use"

  /// The process that has a home, or had it last, for people.
  static func holder(of home: Home) -> String {
    let holder = (try? Data(contentsOf: note(home))).flatMap { try? JSONDecoder().decode(Holder.self, from: $0) }
    return holder.map { "\($0.name), process \($0.pid)" } ?? "another process"
  }

  private static func inUse(_ home: Home) -> HoneError {
    HoneError(
      "\(home.url.path): expected a home that is free, found it in use by \(holder(of: home))",
      remedy: "ask that process, or stop it first", fault: .caller, code: inUseCode, kind: .unavailable)
  }
}
