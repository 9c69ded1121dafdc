internal import CHoneKernels

/// One general product: `out (rows, columns) = left (rows, depth) · right (depth, columns)`.
///
/// A transposed operand is stored the other way round. Starts are offsets into the arrays, in values.
struct ProductShape {
  var rows: Int
  var columns: Int
  var depth: Int
  var transposeLeft = false
  var transposeRight = false
  var outStart = 0
  var leftStart = 0
  var rightStart = 0
}

/// The general product; sums begin at the bias, at what is in `out` when it accumulates, or at zero.
func matrixProduct(
  _ out: inout [Float], _ left: [Float], _ right: [Float], _ shape: ProductShape, bias: [Float] = [],
  accumulate: Bool = false
) {
  guard shape.rows > 0 && shape.columns > 0 else { return }
  let hasBias = !bias.isEmpty
  unsafe out.withUnsafeMutableBufferPointer { out in
    unsafe withPointers(left, right, bias) { left, right, bias in
      var product = unsafe hone_product()
      unsafe product.out = out.baseAddress.map { unsafe $0 + shape.outStart }
      unsafe product.out_step = shape.columns
      unsafe product.x = unsafe hone_matrix(
        values: left.map { unsafe $0 + shape.leftStart }, step: shape.transposeLeft ? shape.rows : shape.depth,
        transposed: shape.transposeLeft ? 1 : 0)
      let right = unsafe hone_matrix(
        values: right.map { unsafe $0 + shape.rightStart }, step: shape.transposeRight ? shape.depth : shape.columns,
        transposed: shape.transposeRight ? 1 : 0)
      unsafe product.bias = hasBias ? bias : nil
      unsafe product.accumulate = accumulate ? 1 : 0
      unsafe product.rows = shape.rows
      unsafe product.columns = shape.columns
      unsafe product.depth = shape.depth
      if matrixLibraryName == portableLibraryName || shape.depth == 0 {
        unsafe hone_product_unpacked(&product, right)
      } else {
        unsafe libraryProduct(product, right)
      }
    }
  }
}
