internal import Foundation
package import HoneKernels

// lists: parts that rows are divided into    probes: lists that a search looks into    rerank: rows it compares exactly

/// Rows near a query without looking at all of them.
///
/// Rows are divided into lists around middles. A search scans the codes of the lists whose middles are nearest, four
/// bits for each group of axes, then compares the best candidates exactly, as they are stored. Rows have numbers of
/// their caller's; equal scores stand in the order of these. The same rows, numbers and seed give the same bits for
/// any number of threads.
///
/// ```
/// table    [row 0 … row n]   the stored vectors and the number of each row
/// lists    middles → codes of the rows of each list, end to end; rows that came later in tails of their own
/// ```
/// Source: Jégou, Douze and Schmid 2011 (inverted lists, codes of differences); André, Kermarrec and Le Scouarnec 2015
/// (scan in registers).
package struct VectorIndex: Sendable {
  var table: VectorTable
  var trained: TrainedLists?
  /// Where each row is; nil until a change asks for it.
  var places: [UInt32: UInt32]?

  /// An index without rows. Until it is trained every search compares all rows.
  package init(dimensions: Int, metric: VectorMetric, encoding: RowEncoding = .bfloat16) throws(VectorError) {
    guard (1...65_536).contains(dimensions) else {
      throw .badSetting(name: "dimensions", found: dimensions, allowed: 1...65_536)
    }
    table = VectorTable(metric: metric, layout: RowLayout(dimensions: dimensions, encoding: encoding))
    places = [:]
  }

  init(table: VectorTable, trained: TrainedLists?) {
    (self.table, self.trained) = (table, trained)
    table.vectors.useLargePages()
    trained?.codes.useLargePages()
  }

  package var dimensions: Int { table.dimensions }
  package var metric: VectorMetric { table.metric }
  package var encoding: RowEncoding { table.vectors.layout.encoding }

  /// Rows that are there.
  package var count: Int { table.count }

  /// Lists; 0 while it is not trained.
  package var listCount: Int { trained?.centroids.count ?? 0 }

  /// Bytes in memory or mapped.
  package var bytes: Int {
    table.vectors.byteCount + table.rows.count * 4 + (trained?.bytes ?? 0) + (places?.capacity ?? 0) * 9
  }

  /// The share of rows that came or went since it was trained; from a half on, training anew pays.
  package var drift: Double {
    guard let trained else { return count >= Self.fewRows ? 1 : 0 }
    let rowsThen = max(1, Int(trained.lists.starts.last ?? 0))
    let later = trained.tails.reduce(0) { $0 + $1.places.count }
    return Double(later + table.rows.count - count) / Double(rowsThen)
  }

  /// Whether training it, or training it anew, makes searches so much faster that it is worth its time.
  package var trainingPays: Bool { count >= Self.fewRows && drift >= 0.5 }

  /// The first vector with a number that is not finite, or too long for sums of float32; no index takes it.
  ///
  /// Shapes: x (rows, dimensions).
  package static func firstUnusable(_ x: [Float], dimensions: Int) -> Int? {
    (0..<x.count / dimensions).first { index in
      var square: Float = 0
      for number in x[index * dimensions..<(index + 1) * dimensions] { square += number * number }
      return !(square <= VectorTable.mostSquare)  // also where it is not a number
    }
  }

  /// Below so many rows comparing all of them is as fast.
  package static let fewRows = 2048
}

/// How an index is trained.
package struct IndexTraining: Sendable, Equatable {
  /// Lists; nil: about 3.2 times the root of the rows.
  package var lists: Int?
  /// Groups of four bits of a row's code; nil: one for four dimensions, at most 256.
  package var groups: Int?
  package var seed: UInt64 = 1

  package init(lists: Int? = nil, groups: Int? = nil, seed: UInt64 = 1) {
    (self.lists, self.groups, self.seed) = (lists, groups, seed)
  }
}

/// How much a search looks at.
package struct SearchEffort: Sendable, Equatable {
  /// Lists that are scanned.
  package var probes: Int
  /// Rows that are compared exactly; at least as many as are asked for.
  package var rerank: Int

  package init(probes: Int, rerank: Int) { (self.probes, self.rerank) = (probes, rerank) }
}

/// Efforts that an index has measured on its own rows when it was trained.
package enum SearchPreset: String, Sendable, CaseIterable {
  /// About 90 of 100 nearest rows are found.
  case fast
  /// About 95.
  case balanced
  /// About 99.
  case precise

  /// The share of the nearest rows that is wanted.
  package var recall: Double {
    switch self {
    case .fast: 0.90
    case .balanced: 0.95
    case .precise: 0.99
    }
  }
}
