import Foundation
import Hone
import Testing

/// A home of its own in a temporary folder, with a small model to train, gone when the test ends.
final class Workbench {
  let folder: URL
  var home: Home { Home(folder.appendingPathComponent("home", isDirectory: true)) }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("hone-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func file(_ name: String, _ text: String) throws -> URL {
    let url = folder.appendingPathComponent(name)
    try Data(text.utf8).write(to: url)
    return url
  }

  /// A model with random weights whose tokenizer knows the words of `sentences`.
  func makeModel(_ name: String = "tiny", context: Int = 64) throws {
    let lines = sentences.map { #"{"text":"\#($0)"}"# }.joined(separator: "\n")
    let texts = try file("texts.jsonl", lines)
    _ = try home.makeModel(
      name,
      from: .sizes(texts: [texts], column: "text", vocabSize: 300, layers: 2, hidden: 32, heads: 2, context: context),
      seed: 3)
  }

  /// Examples that can be learned: the animal decides the class.
  func examples(_ name: String, count: Int, offset: Int = 0) throws -> URL {
    let animals = [("cat", "meow"), ("dog", "woof"), ("cow", "moo")]
    let rows = (0..<count).map { index -> String in
      let (animal, sound) = animals[(index + offset) % 3]
      return #"{"prompt":"the \#(animal) number \#(index + offset) says ->","completion":" \#(sound)"}"#
    }
    return try file(name, rows.joined(separator: "\n") + "\n")
  }

  private var sentences: [String] {
    (0..<200).map { "the \(["cat", "dog", "cow"][$0 % 3]) number \($0) says -> \(["meow", "woof", "moo"][$0 % 3])" }
  }

  /// Runs the built program. Gives its exit status and what it printed; `killedAfter` sends SIGKILL then.
  func run(
    _ arguments: [String], killedAfter: Duration? = nil, environment more: [String: String] = [:]
  ) throws -> (status: Int32, out: String, error: String) {
    let process = Process()
    process.executableURL = try program()
    process.arguments = arguments
    var environment = ProcessInfo.processInfo.environment
    environment["HONE_HOME"] = home.url.path
    environment.merge(more) { $1 }
    process.environment = environment
    process.currentDirectoryURL = folder
    let (out, error) = (Pipe(), Pipe())
    process.standardOutput = out
    process.standardError = error
    try process.run()
    if let killedAfter {
      Thread.sleep(forTimeInterval: killedAfter / .seconds(1))
      kill(process.processIdentifier, SIGKILL)
    }
    let printed = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let complained = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, printed, complained)
  }

  /// The program beside the test bundle.
  func program() throws -> URL {
    var folder = Bundle.module.bundleURL.deletingLastPathComponent()
    for _ in 0..<4 {
      let candidate = folder.appendingPathComponent("hone")
      if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
      folder = folder.deletingLastPathComponent()
    }
    throw CocoaError(.fileNoSuchFile)
  }
}
