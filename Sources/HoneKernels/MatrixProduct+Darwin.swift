#if canImport(Darwin)
  internal import Accelerate
  internal import CHoneKernels

  /// The library behind ``matrixProduct(_:_:_:_:accumulate:)`` on Apple systems.
  let matrixLibraryName = hone_products_chosen() == HONE_PRODUCTS_PORTABLE ? portableLibraryName : "Accelerate"

  /// The general product; with `accumulate` it adds to `out`.
  func matrixProduct(
    _ out: inout [Float], _ left: [Float], _ right: [Float], _ shape: ProductShape, accumulate: Bool
  ) {
    guard hone_products_chosen() != HONE_PRODUCTS_PORTABLE, shape.rows > 0, shape.columns > 0, shape.depth > 0 else {
      return portableProduct(&out, left, right, shape, accumulate: accumulate)
    }
    unsafe out.withUnsafeMutableBufferPointer { out in
      unsafe left.withUnsafeBufferPointer { left in
        unsafe right.withUnsafeBufferPointer { right in
          guard let out = out.baseAddress, let left = left.baseAddress, let right = right.baseAddress else { return }
          unsafe cblas_sgemm(
            CblasRowMajor, shape.transposeLeft ? CblasTrans : CblasNoTrans,
            shape.transposeRight ? CblasTrans : CblasNoTrans, Int32(shape.rows), Int32(shape.columns),
            Int32(shape.depth), 1, left + shape.leftStart, Int32(shape.transposeLeft ? shape.rows : shape.depth),
            right + shape.rightStart, Int32(shape.transposeRight ? shape.depth : shape.columns), accumulate ? 1 : 0,
            out + shape.outStart, Int32(shape.columns))
        }
      }
    }
  }
#endif
