internal import CHoneKernels

/// The rows that a transformer begins with: the token's vector plus the position's.
///
/// Shapes: out (rows, hidden); tokens, positions (rows); tokenTable (vocab, hidden); positionTable (context, hidden).
/// - Precondition: tokens and positions lie inside their tables; callers check user data.
package func embedding(
  _ out: inout [Float], tokens: [Int32], positions: [Int32], tokenTable: [Float], positionTable: [Float], rows: Int,
  hidden: Int
) {
  precondition(
    out.count >= rows * hidden && tokens.count >= rows && positions.count >= rows,
    "embedding: out \(out.count), tokens \(tokens.count), positions \(positions.count) for \(rows) rows")
  checkIndexes(tokens, rows, tokenTable.count / hidden)
  checkIndexes(positions, rows, positionTable.count / hidden)
  unsafe withPointers(tokens, positions) { tokens, positions in
    unsafe withPointers(tokenTable, positionTable) { tokenTable, positionTable in
      unsafe out.withUnsafeMutableBufferPointer { out in
        unsafe hone_embedding(out.baseAddress, tokens, positions, tokenTable, positionTable, 0, rows, hidden)
      }
    }
  }
}

/// Adds each row of dOut to the rows of both tables that it came from, in the order of the rows.
package func embeddingBackward(
  _ dTokenTable: inout [Float], _ dPositionTable: inout [Float], _ dOut: [Float], tokens: [Int32],
  positions: [Int32], rows: Int, hidden: Int
) {
  addToTable(&dTokenTable, dOut, indexes: tokens, rows: rows, hidden: hidden)
  addToTable(&dPositionTable, dOut, indexes: positions, rows: rows, hidden: hidden)
}

private func addToTable(_ dTable: inout [Float], _ dOut: [Float], indexes: [Int32], rows: Int, hidden: Int) {
  precondition(dOut.count >= rows * hidden && indexes.count >= rows, "embeddingBackward: dOut \(dOut.count)")
  checkIndexes(indexes, rows, dTable.count / hidden)
  unsafe withPointers(dOut, indexes) { dOut, indexes in
    unsafe dTable.withUnsafeMutableBufferPointer { dTable in
      let dTable = dTable.baseAddress
      parallelRows(hidden, grain: max(64, rowGrain(rows))) {
        unsafe hone_embedding_backward(dTable, dOut, indexes, rows, hidden, $0.lowerBound, $0.upperBound)
      }
    }
  }
}

private func checkIndexes(_ indexes: [Int32], _ rows: Int, _ limit: Int) {
  precondition(indexes.prefix(rows).allSatisfy { $0 >= 0 && Int($0) < limit }, "an index outside a table of \(limit)")
}

/// Row i of out = row indexes[i] of x.
package func gatherRows(_ out: inout [Float], _ x: [Float], indexes: [Int32], hidden: Int) {
  precondition(out.count >= indexes.count * hidden, "gatherRows: out \(out.count) for \(indexes.count) rows")
  checkIndexes(indexes, indexes.count, x.count / hidden)
  var result = out.mutableSpan
  let x = x.span
  for (row, index) in indexes.enumerated() {
    for i in 0..<hidden { result[row * hidden + i] = x[Int(index) * hidden + i] }
  }
}

/// Row i of x = row indexes[i] of x, in place.
///
/// - Precondition: the indexes ascend.
package func keepRows(_ x: inout [Float], indexes: [Int32], hidden: Int) {
  checkIndexes(indexes, indexes.count, x.count / hidden)
  precondition(zip(indexes, indexes.dropFirst()).allSatisfy { $0 < $1 }, "keepRows: the indexes do not ascend")
  for (row, index) in indexes.enumerated() where row != Int(index) {
    moveWithin(&x, from: Int(index) * hidden, to: row * hidden, count: hidden)
  }
}

/// Copies `count` values of x, from `from` on, to `to`; the two stretches may overlap.
package func moveWithin(_ x: inout [Float], from: Int, to: Int, count: Int) {
  precondition(
    min(from, to, count) >= 0 && max(from, to) + count <= x.count, "moveWithin: \(count) from \(from) to \(to)")
  unsafe x.withUnsafeMutableBufferPointer { x in
    guard let x = x.baseAddress else { return }
    unsafe (x + to).update(from: x + from, count: count)
  }
}

/// Row indexes[i] of out = row i of x; other rows stay.
package func scatterRows(_ out: inout [Float], _ x: [Float], indexes: [Int32], hidden: Int) {
  precondition(x.count >= indexes.count * hidden, "scatterRows: x \(x.count) for \(indexes.count) rows")
  checkIndexes(indexes, indexes.count, out.count / hidden)
  var result = out.mutableSpan
  let x = x.span
  for (row, index) in indexes.enumerated() {
    for i in 0..<hidden { result[Int(index) * hidden + i] = x[row * hidden + i] }
  }
}
