#if os(Linux)
  internal import CHoneKernels
  internal import COneDNN

  /// The library behind ``matrixProduct(_:_:_:_:accumulate:)`` on Linux.
  let matrixLibraryName: String = {
    if hone_products_chosen() == HONE_PRODUCTS_PORTABLE { return portableLibraryName }
    guard let version = unsafe dnnl_version()?.pointee else { return "oneDNN" }
    return unsafe "oneDNN \(version.major).\(version.minor).\(version.patch)"
  }()

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
          guard let o = out.baseAddress, let l = left.baseAddress, let r = right.baseAddress else { return }
          unsafe multiplyBlocks(
            o + shape.outStart, l + shape.leftStart, r + shape.rightStart, shape, accumulate: accumulate)
        }
      }
    }
  }

  /// Blocks of rows side by side, each one call of the library on one thread.
  private func multiplyBlocks(
    _ out: UnsafeMutablePointer<Float>, _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>,
    _ shape: ProductShape, accumulate: Bool
  ) {
    let block = 256
    let leftStep = shape.transposeLeft ? 1 : shape.depth
    parallelRows((shape.rows + block - 1) / block) { blocks in
      for start in blocks.map({ $0 * block }) {
        let status = unsafe dnnl_sgemm(
          letter(shape.transposeLeft), letter(shape.transposeRight), dnnl_dim_t(min(block, shape.rows - start)),
          dnnl_dim_t(shape.columns), dnnl_dim_t(shape.depth), 1, left + start * leftStep,
          dnnl_dim_t(shape.transposeLeft ? shape.rows : shape.depth), right,
          dnnl_dim_t(shape.transposeRight ? shape.depth : shape.columns), accumulate ? 1 : 0,
          out + start * shape.columns, dnnl_dim_t(shape.columns))
        precondition(status == dnnl_success, "dnnl_sgemm: status \(status)")
      }
    }
  }

  /// The library's letter for a transposed operand.
  private func letter(_ transposed: Bool) -> CChar {
    CChar(UInt8(ascii: transposed ? "T" : "N"))
  }
#endif
