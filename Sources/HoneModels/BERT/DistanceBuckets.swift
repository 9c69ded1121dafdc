package import HoneKernels

/// Which row of the table of MPNet the distance of two tokens belongs to.
///
/// Distances up to 7 have rows of their own, longer ones share them in steps of a factor √2, all from 91 on the last;
/// keys behind the query have the upper half. Source: Raffel et al. 2020 with 32 buckets and 128 as the longest distance.
/// - Parameter distance: the key's place less the query's.
func distanceBucket(_ distance: Int) -> Int {
  let starts = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 23, 32, 46, 64, 91]
  let size = abs(distance)
  let bucket = (starts.firstIndex { $0 > size } ?? starts.count) - 1
  return distance > 0 ? bucket + starts.count : bucket
}

extension BERTWeights {
  /// What distances add to scores, for sequences of up to `rows` tokens; nil where they add nothing.
  package func distanceScores(_ config: BERTConfig, rows: Int) -> DistanceScores? {
    guard config.bucketCount > 0 else { return nil }
    let (heads, reach) = (config.headCount, max(0, rows - 1))
    let width = 2 * reach + 1
    var scores = zeros(heads * width)
    for place in 0..<width {
      let row = distanceBucket(place - reach) * heads
      for head in 0..<heads { scores[head * width + place] = bucketTable[row + head] }
    }
    return DistanceScores(scores, heads: heads, headDim: config.headDim, reach: reach)
  }

  /// Adds the gradient of scores of distances, (heads, 2·reach + 1), to that of the table.
  mutating func addDistances(_ gradient: [Float], heads: Int) {
    let width = gradient.count / heads
    for place in 0..<width {
      let row = distanceBucket(place - width / 2) * heads
      for head in 0..<heads { bucketTable[row + head] += gradient[head * width + place] }
    }
  }
}
