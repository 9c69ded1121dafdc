/// The general product in plain Swift: slow and right on every machine.
///
/// Each value is one float32 sum along the depth, in order, so it does not depend on the other rows.
func portableProduct(
  _ out: inout [Float], _ left: [Float], _ right: [Float], _ shape: ProductShape, accumulate: Bool
) {
  let rowStep = shape.transposeLeft ? 1 : shape.depth
  let leftStep = shape.transposeLeft ? shape.rows : 1
  let columnStep = shape.transposeRight ? shape.depth : 1
  let rightStep = shape.transposeRight ? 1 : shape.columns
  for row in 0..<shape.rows {
    for column in 0..<shape.columns {
      let place = shape.outStart + row * shape.columns + column
      var sum: Float = accumulate ? out[place] : 0
      for k in 0..<shape.depth {
        let a = left[shape.leftStart + row * rowStep + k * leftStep]
        sum += a * right[shape.rightStart + column * columnStep + k * rightStep]
      }
      out[place] = sum
    }
  }
}
