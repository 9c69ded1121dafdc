import Foundation
import HoneFiles
import Testing

/// Reads bytes as a file of the given name.
private func read(_ bytes: [UInt8], name: String) throws -> TableFile {
  try withFolder { folder in
    let url = folder.appendingPathComponent(name)
    try Data(bytes).write(to: url)
    return try readTable(at: url)
  }
}

private let csv = Array("a,b\n1,2\n".utf8)
private let table = Table(columns: ["a", "b"], rows: [["1", "2"]])

@Test(arguments: ["f.csv.gz", "F.CSV.GZ", "f.tar.csv.gz"])
func whatIsPackedIsReadByTheNameBelow(name: String) throws {
  let file = try read(gzipBytes(csv), name: name)
  #expect(file.table == table && file.format == .csv)
}

/// Source: Python 3.11.7, `gzip.compress(("prompt,completion\n" + "ab,cd\n" * 200).encode(), 9, mtime=0)`.
@Test func whatPythonPackedIsRead() throws {
  let packed = try #require(Data(base64Encoded: "H4sIAAAAAAACAysoys8tKNFJBpI5qSWZ+XlciUk6ySmj5Cg5So6SQ4AEAGODn8fCBAAA"))
  let file = try read([UInt8](packed), name: "f.csv.gz")
  #expect(file.table == Table(columns: ["prompt", "completion"], rows: Array(repeating: ["ab", "cd"], count: 200)))
}

@Test func membersFollowEachOther() throws {
  #expect(
    try read(gzipBytes(csv) + gzipBytes([]) + gzipBytes(Array("3,4\n".utf8)), name: "f.csv.gz").table.rows == [
      ["1", "2"], ["3", "4"],
    ])
}

@Test func everyCutOfAPackedFileIsRefused() {
  let whole = gzipBytes(csv)
  for count in 0..<whole.count {
    #expect(throws: TableError.unreadable(file: "f.csv.gz", reason: "it is not whole gzip data"), "\(count) bytes") {
      try read(Array(whole[..<count]), name: "f.csv.gz")
    }
  }
}

@Test func everyFlippedBitIsRefusedOrHarmless() throws {
  let whole = gzipBytes(csv)
  for index in whole.indices {
    for bit in 0..<8 {
      var bytes = whole
      bytes[index] ^= 1 << UInt8(bit)
      if let file = try? read(bytes, name: "f.csv.gz") { #expect(file.table == table, "byte \(index), bit \(bit)") }
    }
  }
}

@Test(arguments: [csv, Array("PK\u{3}\u{4}".utf8), gzipBytes(csv) + [1, 2, 3]])
func whatIsNotGzipIsRefused(bytes: [UInt8]) {
  #expect(throws: TableError.unreadable(file: "f.csv.gz", reason: "it is not whole gzip data")) {
    try read(bytes, name: "f.csv.gz")
  }
}

@Test func zerosAfterThePackedDataAreFilling() throws {
  #expect(try read(gzipBytes(csv) + [UInt8](repeating: 0, count: 500), name: "f.csv.gz").table == table)
}

@Test(arguments: ["f", "f.", "f.doc", "csv", ".csv", "f.csv.zip", "f.csv~"])
func anUnknownNameIsRefused(name: String) {
  let error = #expect(throws: TableError.self) { try read(csv, name: name) }
  guard case .unknownFormat? = error else {
    Issue.record("\(String(describing: error))")
    return
  }
}

@Test func aFolderOrNothingCannotBeRead() throws {
  try withFolder { folder in
    for url in [folder, folder.appendingPathComponent("none.csv")] {
      let error = #expect(throws: TableError.self) { try readTable(at: url) }
      guard case .unreadable? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }
}
