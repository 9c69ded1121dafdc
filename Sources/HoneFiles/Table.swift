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
