/// What the distance of a key from a query adds to their score, for each head; sequences may be `reach` + 1 rows long.
///
/// Source: Raffel et al. 2020, there called relative position bias.
package struct DistanceScores: Sendable, Equatable {
  package let heads: Int
  package let reach: Int
  let headDim: Int
  /// Times √headDim, so that they join the products before these are scaled. Shapes: (heads, 2·reach + 1).
  let values: [Float]

  /// Shapes: scores (heads, 2·reach + 1), for distances (the key's place less the query's) from -reach to reach.
  package init(_ scores: [Float], heads: Int, headDim: Int, reach: Int) {
    requireCount(scores.count, exactly: heads, 2 * reach + 1, "scores of distances")
    let scale = Float(headDim).squareRoot()
    (self.heads, self.headDim, self.reach) = (heads, headDim, reach)
    values = scores.map { $0 * scale }
  }

  /// Numbers of one head.
  var width: Int { 2 * reach + 1 }
}
