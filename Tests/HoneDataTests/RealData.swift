import Foundation
import Testing

/// The data sets beside the package, `../shared/data`; tests that need them say so when they are missing.
enum RealData {
  static let folder: URL? = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder = root.deletingLastPathComponent().appending(path: "shared/data")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  static let isMissing: Comment = "skipped: ../shared/data is not beside the package"

  /// The bytes of a file, unpacked when it ends in `.gz`.
  static func bytes(_ path: String) throws -> Data {
    let file = try #require(folder).appending(path: path)
    guard path.hasSuffix(".gz") else { return try Data(contentsOf: file) }
    let unpack = Process()
    unpack.executableURL = URL(filePath: "/usr/bin/env")
    unpack.arguments = ["gzip", "-dc", file.path]
    let pipe = Pipe()
    unpack.standardOutput = pipe
    try unpack.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    unpack.waitUntilExit()
    return data
  }

  /// Prompt and completion rows of one data set.
  static func rows(_ name: String) throws -> [[String]] {
    switch name {
    case "sport":
      struct Post: Decodable { var text, group: String }
      return try bytes("20newsgroups/sport_train.jsonl.gz").split(separator: UInt8(ascii: "\n")).map {
        let post = try JSONDecoder().decode(Post.self, from: $0)
        return [post.text, post.group.split(separator: ".").last.map(String.init) ?? ""]
      }
    case "banking77": return Array(csv(try bytes("banking77/train.csv")).dropFirst())
    default:
      struct Clinc: Decodable { var train: [[String]] }
      return try JSONDecoder().decode(Clinc.self, from: try bytes("clinc150/data_full.json.gz")).train
    }
  }

  /// Rows of a CSV file with quoted fields.
  private static func csv(_ data: Data) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    func closeField() {
      row.append(String(decoding: field, as: UTF8.self))
      field = []
    }
    let bytes = [UInt8](data)
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "\""):
        if isQuoted == false && index > 0 && bytes[index - 1] == byte { field.append(byte) }
        isQuoted.toggle()
      case UInt8(ascii: ",") where !isQuoted: closeField()
      case UInt8(ascii: "\r") where !isQuoted: break
      case UInt8(ascii: "\n") where !isQuoted:
        closeField()
        rows.append(row)
        row = []
      default: field.append(byte)
      }
    }
    return rows
  }
}
