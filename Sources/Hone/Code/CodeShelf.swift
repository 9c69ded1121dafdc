internal import Foundation
internal import HoneFiles
internal import HoneSearch

/// Where indexes of code are kept: a folder for each, with the index and a note of what it was made from.
struct CodeShelf {
  /// From which folder and with which model an index is made again.
  struct Note: Codable {
    let root: String
    let model: String
  }

  let folder: URL

  func index(_ name: String) -> URL { folder.appendingPathComponent(name).appendingPathComponent("index.honecode") }

  private func note(_ name: String) -> URL {
    folder.appendingPathComponent(name).appendingPathComponent("made-from.json")
  }

  var names: [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return all.filter { Home.isModelName($0) && FileManager.default.fileExists(atPath: note($0).path) }.sorted()
  }

  func readNote(_ name: String) -> Note? {
    (try? Data(contentsOf: note(name))).flatMap { try? JSONDecoder().decode(Note.self, from: $0) }
  }

  func write(_ data: Data, _ made: Note, as name: String) throws {
    let place = folder.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    removeLeftovers(in: place)
    try replaceFile(at: note(name), with: try encodeJSON(made))
    try replaceFile(at: index(name), with: data)
  }

  /// The name of a folder's index: the one it has, or its own name, made different where that is taken.
  func name(for root: URL) -> String {
    if let known = names.first(where: { readNote($0)?.root == root.path }) { return known }
    let slug = nameSlug(root.lastPathComponent, limit: 60)
    let own = slug.isEmpty ? "code" : slug
    return names.contains(own) ? "\(own)-\(sha256(of: Array(root.path.utf8)).prefix(6))" : own
  }

  /// The index that is meant: by name, or by the folder one is in, or the only one.
  func meant(_ name: String?) throws -> String {
    let names = names
    if let name {
      guard names.contains(name) else {
        throw HoneError(
          "index: expected one of \(names.isEmpty ? "none yet" : names.joined(separator: ", ")), found '\(name)'",
          remedy: "make it with `hone code index DIR --name \(name)`", parameter: "index", code: "index_not_found",
          kind: .notFound)
      }
      return name
    }
    let here = URL(fileURLWithPath: FileManager.default.currentDirectoryPath).standardizedFileURL.path
    let around = names.compactMap { name in readNote(name).map { (name, $0.root) } }
      .filter { here == $0.1 || here.hasPrefix($0.1 + "/") }
    if let best = around.max(by: { $0.1.utf8.count < $1.1.utf8.count }) { return best.0 }
    if names.count == 1 { return names[0] }
    guard names.isEmpty else {
      throw HoneError(
        "index: expected the name of one, found several: \(names.joined(separator: ", "))",
        remedy: "choose one with --index, or go to a folder that was indexed", parameter: "index")
    }
    throw HoneError(
      "index: expected an index of code, found none", remedy: "make one with `hone code index DIR`",
      parameter: "index", code: "index_not_found", kind: .notFound)
  }
}
