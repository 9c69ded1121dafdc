internal import Foundation
internal import HoneKernels

/// A unit that answers a question, with what it scored; larger is better.
package struct UnitHit: Sendable, Equatable {
  package let unit: Int
  package let score: Double

  package init(unit: Int, score: Double) {
    self.unit = unit
    self.score = score
  }
}

extension CodeIndex {
  /// All vectors. Shapes: (units, dimensions).
  package func vectors() throws(CodeIndexError) -> [Float] {
    try unsafe content.withBytes(of: .vectors) { bytes in
      (0..<bytes.count / 4).map { unsafe bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
    }
  }

  /// The units whose vectors are nearest to a query's, by inner product, every one of them compared.
  ///
  /// Shapes: query (dimensions). Units that `admits` turns away are left out; among equals the first one leads.
  package func nearest(
    to query: [Float], limit: Int, admits: (Int) -> Bool = { _ in true }
  ) throws(CodeIndexError) -> [UnitHit] {
    precondition(query.count == about.dimensions, "\(query.count) numbers for \(about.dimensions)")
    let scores = try unsafe content.withBytes(of: .vectors) { bytes in
      unsafe innerProducts(bytes, query, rows: units.count)
    }
    return best(scores.indices.lazy.map { UnitHit(unit: $0, score: Double(scores[$0])) }, limit, admits)
  }

  /// The units that say the words of a question, by BM25.
  ///
  /// score = Σ idf · tf · (k + 1) / (tf + k · (1 − b + b · length / mean length)), idf = ln(1 + (N − n + ½)/(n + ½)),
  /// k = 1.2, b = 0.75. Source: Robertson and Zaragoza (2009).
  package func saying(
    _ question: String, limit: Int, admits: (Int) -> Bool = { _ in true }
  ) throws(CodeIndexError) -> [UnitHit] {
    let (k, b) = (1.2, 0.75)
    let mean = max(1, Double(units.reduce(0) { $0 + $1.wordCount }) / Double(max(1, units.count)))
    var scores: [Int: Double] = [:]
    for key in IdentifierWords.queryKeys(of: question) {
      let entries = try words.entries(of: key)
      let (having, lacking) = (Double(entries.count), Double(units.count - entries.count))
      let rarity = log(1 + (lacking + 0.5) / (having + 0.5))
      for entry in entries {
        let length = Double(units[entry.number].wordCount) / mean
        let count = Double(entry.weight)
        let saturation: Double = count + k * (1 - b + b * length)
        scores[entry.number, default: 0] += rarity * count * (k + 1) / saturation
      }
    }
    return best(scores.lazy.map { UnitHit(unit: $0, score: $1) }, limit, admits)
  }

  private func best(_ hits: some Sequence<UnitHit>, _ limit: Int, _ admits: (Int) -> Bool) -> [UnitHit] {
    let sorted = hits.filter { admits($0.unit) }.sorted { ($1.score, $0.unit) < ($0.score, $1.unit) }
    return Array(sorted.prefix(max(0, limit)))
  }
}

/// Lists of hits as one, by `reciprocalRanks`: what one list lacks gets nothing from that list.
package func fusedByRank(_ lists: [[UnitHit]], limit: Int) -> [UnitHit] {
  reciprocalRanks(lists.map { $0.map(\.unit) }).prefix(max(0, limit)).map { UnitHit(unit: $0.id, score: $0.score) }
}

/// The inner products of a vector with rows of little-endian float32. Shapes: bytes (rows, query.count); result (rows).
private func innerProducts(_ bytes: UnsafeRawBufferPointer, _ query: [Float], rows: Int) -> [Float] {
  let (dimensions, portion) = (query.count, 2048)
  let portions = parallelMap((rows + portion - 1) / portion) { index in
    (index * portion..<min(rows, (index + 1) * portion)).map { row in
      unsafe innerProduct(bytes, row * dimensions * 4, query)
    }
  }
  return portions.flatMap { $0 }
}

private func innerProduct(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ query: [Float]) -> Float {
  var lanes = SIMD8<Float>.zero
  var index = 0
  unsafe query.withUnsafeBytes { query in
    while (index + 8) * 4 <= query.count {
      let row = unsafe bytes.loadUnaligned(fromByteOffset: start + index * 4, as: SIMD8<Float>.self)
      unsafe lanes += row * query.loadUnaligned(fromByteOffset: index * 4, as: SIMD8<Float>.self)
      index += 8
    }
  }
  var sum = lanes.sum()
  while index < query.count {
    unsafe sum += bytes.loadUnaligned(fromByteOffset: start + index * 4, as: Float.self) * query[index]
    index += 1
  }
  return sum
}
