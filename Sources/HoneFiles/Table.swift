/// Rows of text under named columns, as a spreadsheet or a JSON Lines file gives them.
///
/// Every row has as many cells as there are columns; a cell that the file leaves out is the empty string.
package struct Table: Sendable, Equatable {
  package var columns: [String]
  package var rows: [[String]]

  package init(columns: [String], rows: [[String]]) {
    self.columns = columns
    self.rows = rows
  }
}

/// Refuses rows and columns that would make far more cells than a file of `bytes` can hold.
///
/// limit = max(2^24, 2 · bytes): a cell that is written takes a byte at least, so only cells left out can exceed it.
func checkCells(rows: Int, columns: Int, bytes: Int, file: String) throws(TableError) {
  let limit = max(1 << 24, bytes.multipliedReportingOverflow(by: 2).partialValue)
  let (cells, overflow) = rows.multipliedReportingOverflow(by: columns)
  guard !overflow, cells <= limit else { throw .tooManyCells(file: file, limit: limit) }
}

/// Repeated names become `name.1`, `name.2`; empty ones `Unnamed: 0` by their place.
func columnNames(_ names: [String]) -> [String] {
  var taken: Set<String> = []
  return names.enumerated().map { place, name in
    let base = name.isEmpty ? "Unnamed: \(place)" : name
    var candidate = base
    var number = 0
    while !taken.insert(candidate).inserted {
      number += 1
      candidate = "\(base).\(number)"
    }
    return candidate
  }
}
