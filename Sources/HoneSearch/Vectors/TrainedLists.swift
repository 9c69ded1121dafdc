internal import Foundation
internal import HoneKernels

/// The lists of an index: their middles, the codes of their rows, and what searches take.
struct TrainedLists: Sendable {
  let centroids: ListCentroids
  let space: CodeSpace
  let lists: CodeLists
  let codes: StoredBytes
  /// Rows that came later, of each list.
  var tails: [ListTail]
  var efforts: [SearchEffort]  // of each preset, in its order

  init(
    centroids: ListCentroids, space: CodeSpace, lists: CodeLists, codes: StoredBytes,
    efforts: [SearchEffort]
  ) {
    (self.centroids, self.space, self.lists, self.codes, self.efforts) = (centroids, space, lists, codes, efforts)
    tails = [ListTail](repeating: ListTail(), count: centroids.count)
  }

  var groups: Int { space.words.widths.count }

  func effort(_ preset: SearchPreset) -> SearchEffort {
    efforts[SearchPreset.allCases.firstIndex(of: preset) ?? 0]
  }

  /// Bytes in memory or mapped. The middles are there twice, as floats and packed.
  var bytes: Int {
    codes.count + centroids.values.count * 5 + space.axes.count * 8 + space.words.words.count * 4
      + lists.starts.count * 8 + tails.reduce(0) { $0 + $1.codes.count + $1.places.count * 4 + 16 }
  }

  /// The list of each row and the codes of its difference from the list's middle.
  ///
  /// Shapes: x (rows, dimensions), prepared; codes (rows, groups).
  func coded(_ x: [Float]) -> (lists: [UInt32], codes: [UInt8]) {
    let dimensions = space.dimensions
    let lists = centroids.nearest(x.count / dimensions) {
      Array(x[$0.lowerBound * dimensions..<$0.upperBound * dimensions])
    }
    return (lists, codes(x, lists))
  }

  func codes(_ x: [Float], _ lists: [UInt32]) -> [UInt8] {
    let differences = centroids.differences(x, lists)
    let halves =
      space.halves == nil
      ? []
      : lists.indices.map { halfSquare(x[$0 * space.dimensions..<($0 + 1) * space.dimensions]) }
    return space.codes(differences, halves: halves)
  }
}

/// Rows of one list that came after training.
struct ListTail: Sendable {
  private(set) var places: [UInt32] = []
  private(set) var codes: [UInt8] = []

  mutating func append(_ place: UInt32, _ code: ArraySlice<UInt8>, _ words: CodeWords) {
    if places.count % CodeWords.blockRows == 0 { codes += [UInt8](repeating: 0, count: words.blockBytes) }
    words.place(code, in: &codes, at: places.count)
    places.append(place)
  }
}

/// Bytes in memory or in a mapped file.
enum StoredBytes: Sendable {
  case owned([UInt8])
  case mapped(Data)

  func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
    switch self {
    case .owned(let bytes): unsafe body(bytes.span.bytes)
    case .mapped(let bytes): body(bytes.bytes)
    }
  }

  var count: Int {
    switch self {
    case .owned(let bytes): bytes.count
    case .mapped(let bytes): bytes.count
    }
  }

  /// Lets what is in memory lie in large pages, where the system has some.
  func useLargePages() {
    if case .owned = self { withBytes { HoneKernels.useLargePages($0) } }
  }
}
