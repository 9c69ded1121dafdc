internal import CHoneKernels

// Matrix products of a layer, forward and backward.
//
// rows: tokens; inputs: numbers a token brings; outputs: numbers it leaves with;
// hidden: size of a token's vector; vocab: rows of the token table.
// Every matrix is flat and row-major. A buffer of activations may be longer than its matrix; the rest is left alone.

/// Gives every row its linear image: `out = x · weight + bias`.
///
/// Shapes: out (rows, outputs), overwritten; x (rows, inputs); weight (inputs, outputs); bias (outputs) or empty.
package func linear(
  _ out: inout [Float], _ x: [Float], _ weight: [Float], _ bias: [Float], rows: Int, inputs: Int, outputs: Int
) {
  requireCount(x.count, atLeast: rows, inputs, "x")
  requireCount(out.count, atLeast: rows, outputs, "out")
  requireCount(weight.count, exactly: inputs, outputs, "weight")
  precondition(bias.isEmpty || bias.count == outputs, "linear: bias has \(bias.count) values, outputs is \(outputs)")
  matrixProduct(&out, x, weight, ProductShape(rows: rows, columns: outputs, depth: inputs), bias: bias)
}

/// The gradients of ``linear(_:_:_:_:rows:inputs:outputs:)``.
///
/// Formula: dx = dOut · weightᵀ, overwritten; dWeight += xᵀ · dOut; dBias += sum of the rows of dOut.
/// Shapes: as in `linear`; dBias (outputs) or empty. An empty dx or dWeight is not computed.
package func linearBackward(
  _ dx: inout [Float], _ dWeight: inout [Float], _ dBias: inout [Float], _ dOut: [Float], _ x: [Float],
  _ weight: [Float], rows: Int, inputs: Int, outputs: Int
) {
  requireCount(dOut.count, atLeast: rows, outputs, "dOut")
  requireCount(weight.count, exactly: inputs, outputs, "weight")
  if !dx.isEmpty {
    requireCount(dx.count, atLeast: rows, inputs, "dx")
    let shape = ProductShape(rows: rows, columns: inputs, depth: outputs, transposeRight: true)
    matrixProduct(&dx, dOut, weight, shape)
  }
  if !dWeight.isEmpty {
    requireCount(x.count, atLeast: rows, inputs, "x")
    requireCount(dWeight.count, exactly: inputs, outputs, "dWeight")
    let shape = ProductShape(rows: inputs, columns: outputs, depth: rows, transposeLeft: true)
    matrixProduct(&dWeight, x, dOut, shape, accumulate: true)
  }
  precondition(dBias.isEmpty || dBias.count == outputs, "dBias has \(dBias.count) values, outputs is \(outputs)")
  if !dBias.isEmpty { addRowSums(&dBias, dOut, rows: rows) }
}

/// Compares rows of `x` with every row of the token table: `logits = x · tableᵀ`.
///
/// Shapes: logits (rows, vocab), overwritten; x (at least firstRow + rows, hidden); table (vocab, hidden).
package func projectOnTable(
  _ logits: inout [Float], _ x: [Float], _ table: [Float], firstRow: Int, rows: Int, hidden: Int, vocab: Int
) {
  precondition(firstRow >= 0 && firstRow <= Int(Int32.max), "projectOnTable: firstRow \(firstRow)")
  requireCount(x.count, atLeast: firstRow + rows, hidden, "x")
  requireCount(logits.count, atLeast: rows, vocab, "logits")
  requireCount(table.count, exactly: vocab, hidden, "table")
  let shape = ProductShape(
    rows: rows, columns: vocab, depth: hidden, transposeRight: true, leftStart: firstRow * hidden)
  matrixProduct(&logits, x, table, shape)
}

/// The gradients of ``projectOnTable(_:_:_:firstRow:rows:hidden:vocab:)``.
///
/// Formula: dx[firstRow ..< firstRow + rows] = dLogits · table, overwritten; dTable += dLogitsᵀ · x.
package func projectOnTableBackward(
  _ dx: inout [Float], _ dTable: inout [Float], _ dLogits: [Float], _ x: [Float], _ table: [Float], firstRow: Int,
  rows: Int, hidden: Int, vocab: Int
) {
  precondition(firstRow >= 0 && firstRow <= Int(Int32.max), "projectOnTableBackward: firstRow \(firstRow)")
  requireCount(dLogits.count, atLeast: rows, vocab, "dLogits")
  requireCount(table.count, exactly: vocab, hidden, "table")
  if !dx.isEmpty {
    requireCount(dx.count, atLeast: firstRow + rows, hidden, "dx")
    let shape = ProductShape(rows: rows, columns: hidden, depth: vocab, outStart: firstRow * hidden)
    matrixProduct(&dx, dLogits, table, shape)
  }
  if !dTable.isEmpty {
    requireCount(x.count, atLeast: firstRow + rows, hidden, "x")
    requireCount(dTable.count, exactly: vocab, hidden, "dTable")
    let shape = ProductShape(
      rows: vocab, columns: hidden, depth: rows, transposeLeft: true, rightStart: firstRow * hidden)
    matrixProduct(&dTable, dLogits, x, shape, accumulate: true)
  }
}

/// sums (columns) += the sum of the rows of `x` (rows, columns), from the first row to the last.
private func addRowSums(_ sums: inout [Float], _ x: [Float], rows: Int) {
  let columns = sums.count
  unsafe withPointers(&sums, reading: x) { sums, x in
    parallelRows(columns, grain: 128) { part in
      unsafe hone_add_rows(sums, x, rows, columns, part.lowerBound, part.upperBound)
    }
  }
}

/// Checks that an array holds a matrix of `rows` times `columns`, and that both are sizes a product can have.
func requireCount(_ count: Int, atLeast rows: Int, _ columns: Int, _ name: StaticString) {
  let needed = matrixCount(rows, columns, name)
  precondition(count >= needed, "\(name): expected \(rows) × \(columns) values or more, found \(count)")
}

/// Checks that an array holds exactly a matrix of `rows` times `columns`.
func requireCount(_ count: Int, exactly rows: Int, _ columns: Int, _ name: StaticString) {
  let needed = matrixCount(rows, columns, name)
  precondition(count == needed, "\(name): expected \(rows) × \(columns) values, found \(count)")
}

private func matrixCount(_ rows: Int, _ columns: Int, _ name: StaticString) -> Int {
  precondition(
    rows >= 0 && columns >= 0 && rows <= Int(Int32.max) && columns <= Int(Int32.max),
    "\(name): a matrix of \(rows) × \(columns)")
  let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
  precondition(!overflow, "\(name): a matrix of \(rows) × \(columns)")
  return count
}
