package import HoneKernels

// vocab: tokens    dimensions: numbers of a vector

/// A model without layers: each token has one vector, and a text is the sum of those of its tokens.
///
/// Such tables are distilled from an encoder; how telling a token is lies in its scale.
package struct StaticVectors: Sendable {
  package let dimensions: Int
  /// Ids that have a row each; ids beyond, and those without a row, count for nothing.
  package let rowOfToken: [Int32]  // (vocab) -1: none
  package let table: ScaledTable  // (rows, dimensions)
  package let scales: [Float]  // (rows)

  /// Checks the shapes against each other.
  ///
  /// - Throws: `ModelError.wrongShape`, `ModelError.notFinite`.
  package init(dimensions: Int, table: ScaledTable, scales: [Float], rowOfToken: [Int32]? = nil) throws(ModelError) {
    guard dimensions >= 1, dimensions <= 1 << 15, table.count == scales.count * dimensions else {
      throw .wrongShape(name: "embeddings", expected: [scales.count, dimensions], found: [table.count])
    }
    let rows = rowOfToken ?? (0..<Int32(scales.count)).map { $0 }
    guard rows.allSatisfy({ $0 >= -1 && Int($0) < scales.count }) else {
      throw .wrongShape(name: "mapping", expected: [scales.count], found: [Int(rows.max() ?? 0)])
    }
    guard scales.allSatisfy(\.isFinite) else { throw .notFinite(name: "weights") }
    if case .float32(let values) = table, !values.allSatisfy(\.isFinite) { throw .notFinite(name: "embeddings") }
    self.dimensions = dimensions
    self.table = table
    self.scales = scales
    self.rowOfToken = rows
  }

  /// Bytes in memory.
  package var bytes: Int {
    let width = if case .int8 = table { 1 } else { 4 }
    return table.count * width + (scales.count + rowOfToken.count) * 4
  }

  /// The vector of a text's tokens, not yet of length 1; nil where no token has a row. Shapes: result (dimensions).
  package func embed(_ tokens: [Int32]) -> [Float]? {
    var rows: [Int32] = []
    rows.reserveCapacity(tokens.count)
    for token in tokens where token >= 0 && Int(token) < rowOfToken.count {
      let row = rowOfToken[Int(token)]
      if row >= 0 { rows.append(row) }
    }
    guard !rows.isEmpty else { return nil }
    return sumOfRows(table, scales: scales, tokens: rows, dimensions: dimensions)
  }
}
