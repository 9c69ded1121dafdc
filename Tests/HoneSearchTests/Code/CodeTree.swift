import Foundation
import HoneTestSupport

import HoneSearch

/// A folder of source files that is gone when the test ends.
final class CodeTree {
  let root = FileManager.default.temporaryDirectory.appendingPathComponent("hone-code-\(UUID().uuidString)")

  init(_ files: [String: String] = [:]) throws {
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    for (path, text) in files { try write(path, Array(text.utf8)) }
  }

  deinit { try? FileManager.default.removeItem(at: root) }

  /// Writes a file that looks old enough to be trusted by size and time.
  func write(_ path: String, _ bytes: [UInt8], age: TimeInterval = 1000) throws {
    let url = root.appendingPathComponent(path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: url.path)
  }

  func remove(_ path: String) throws { try FileManager.default.removeItem(at: root.appendingPathComponent(path)) }

  /// An index whose vectors are made of the texts' lengths, so that it needs no model.
  func index(since previous: CodeIndex? = nil) throws -> CodeIndex {
    try CodeIndex(bytes: encoded(since: previous), name: "test")
  }

  func encoded(since previous: CodeIndex? = nil) throws -> Data {
    let scan = try CodeScan(root, since: previous)
    let vectors = scan.fresh.flatMap(\.meanings).flatMap { text in
      (0..<10).map { Float((text.utf8.count * (3 + $0) + $0) % 17) }
    }
    let about = CodeIndex.About(root: root.path, model: "lengths", fingerprint: "1", dimensions: 10)
    return try CodeIndex.encode(scan, about: about, vectors: vectors, since: previous)
  }

  /// `path:line:text` of every line that our own search finds.
  func grep(_ pattern: String, _ index: CodeIndex, ignoresCase: Bool = false, path: String? = nil) throws -> [String] {
    var lines: [String] = []
    _ = try index.grep(
      Pattern(pattern, ignoresCase: ignoresCase),
      narrowedBy: TrigramNarrowing(pattern: pattern, ignoresCase: ignoresCase), in: root,
      path: path.map { PathPattern($0) }
    ) { lines += $0.map { "\($0.path):\($0.line):" + String(decoding: $0.text, as: UTF8.self) } }
    return lines
  }
}

/// GNU grep with `-P`; nil where this machine has none.
struct SystemGrep {
  private let program: URL

  init?() {
    let places = ["/usr/bin/grep", "/bin/grep", "/usr/local/bin/ggrep", "/opt/homebrew/bin/ggrep"]
    let candidates = places.filter { FileManager.default.isExecutableFile(atPath: $0) }.map { Self($0) }
    guard let first = candidates.first(where: \.knowsPerl) else { return nil }
    self = first
  }

  private init(_ path: String) { program = URL(fileURLWithPath: path) }

  private var knowsPerl: Bool { (try? run(["-P", "-c", "a\\b", "/dev/null"]))?.status == 1 }

  func run(_ arguments: [String], in folder: URL? = nil) throws -> (status: Int32, out: [UInt8]) {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["LC_ALL"] = "C.UTF-8"
    process.environment = environment
    let out = Pipe()
    process.standardOutput = out
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = [UInt8](out.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    return (process.terminationStatus, bytes)
  }

  /// What `grep -P -n -r` prints of a tree, in the order of paths and lines; nil where it refuses the pattern.
  func lines(_ pattern: String, in root: URL, ignoresCase: Bool = false) throws -> [String]? {
    let flags = ["-P", "-n", "-r", "-a"] + (ignoresCase ? ["-i"] : [])
    let (status, out) = try run(flags + ["-e", pattern, "."], in: root)
    guard status <= 1 else { return nil }
    return out.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().map {
      String(decoding: $0.starts(with: "./".utf8) ? $0.dropFirst(2) : $0, as: UTF8.self)
    }
  }
}
