/// Checks a training file while it arrives in pieces, in the room of its longest line.
package struct TrainingFileCheck: Sendable {
  /// Bytes that one line may have.
  package static let longestLine = 16 << 20

  private let file: String
  private var line: [UInt8] = []
  private var number = 1
  /// Lines that hold an example so far.
  package private(set) var rows = 0
  /// The sizes of these examples, added up.
  package private(set) var size = 0
  private let measure: @Sendable (TrainingRow) -> Int

  /// `file` is what errors call it; `measure` gives the size of an example.
  package init(file: String, measure: @escaping @Sendable (TrainingRow) -> Int = { _ in 0 }) {
    self.file = file
    self.measure = measure
  }

  package mutating func take(_ bytes: [UInt8]) throws(TrainingFileError) {
    var start = 0
    while let end = bytes[start...].firstIndex(of: 0x0A) {
      line += bytes[start..<end]
      try checkLine()
      start = end + 1
    }
    line += bytes[start...]
    guard line.count <= Self.longestLine else {
      throw .badLine(
        file: file, line: number, expected: "at most \(Self.longestLine) bytes", found: "more")
    }
  }

  /// Checks the last line, and that there was one with an example.
  package mutating func finish() throws(TrainingFileError) {
    if !line.isEmpty { try checkLine() }
    guard rows > 0 else { throw .empty(file: file) }
  }

  private mutating func checkLine() throws(TrainingFileError) {
    let start = number == 1 && line.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    if line[start...].contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) {
      size += measure(try TrainingRow(line[start...], file: file, line: number))
      rows += 1
    }
    line.removeAll(keepingCapacity: true)
    number += 1
  }
}
