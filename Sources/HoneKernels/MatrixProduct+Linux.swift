#if os(Linux)
  internal import CHoneKernels
  internal import COneDNN

  /// The library behind ``libraryProduct(_:_:)`` on Linux.
  let matrixLibraryName: String = {
    if hone_kernels_chosen() == HONE_KERNELS_PORTABLE { return portableLibraryName }
    guard let version = unsafe dnnl_version()?.pointee else { return "oneDNN" }
    return unsafe "oneDNN \(version.major).\(version.minor).\(version.patch)"
  }()

  /// The general product through oneDNN. `product` lacks its packed side, which is `right`.
  func libraryProduct(_ product: hone_product, _ right: hone_matrix) {
    if Engine.current.precision == .bfloat16, unsafe bfloat16Product(product, right) { return }
    unsafe float32Product(product, right)
  }

  /// Pieces side by side along the longer side of the result, each one call of the library on one thread.
  ///
  /// Up to four threads share the same pieces; so the bits do not depend on the threads there.
  private func float32Product(_ product: hone_product, _ right: hone_matrix) {
    let byRows = unsafe product.rows >= product.columns
    let count = unsafe byRows ? product.rows : product.columns
    let blocks = (count + 15) / 16
    let work = unsafe Double(product.rows) * Double(product.columns) * Double(product.depth)
    let most = (Engine.current.threads + 3) / 4 * 4
    let pieces = max(1, min(most, blocks, Int(work / 2e6)))
    parallelUnits(pieces) { index in
      let start = blocks * index / pieces * 16
      let end = min(count, blocks * (index + 1) / pieces * 16)
      let all = unsafe (rows: 0..<product.rows, columns: 0..<product.columns)
      unsafe float32Piece(
        product, right, rows: byRows ? start..<end : all.rows, columns: byRows ? all.columns : start..<end)
    }
  }

  private func float32Piece(_ product: hone_product, _ right: hone_matrix, rows: Range<Int>, columns: Range<Int>) {
    guard let out = unsafe product.out, let x = unsafe product.x.values, let w = unsafe right.values else { return }
    let corner = unsafe out + rows.lowerBound * product.out_step + columns.lowerBound
    if let bias = unsafe product.bias {
      for row in 0..<rows.count {
        unsafe (corner + row * product.out_step).update(from: bias + columns.lowerBound, count: columns.count)
      }
    }
    let keep = unsafe product.accumulate != 0 || product.bias != nil
    let status = unsafe dnnl_sgemm(
      letter(product.x.transposed), letter(right.transposed), dnnl_dim_t(rows.count), dnnl_dim_t(columns.count),
      dnnl_dim_t(product.depth), 1, x + rows.lowerBound * (product.x.transposed != 0 ? 1 : product.x.step),
      dnnl_dim_t(product.x.step), w + columns.lowerBound * (right.transposed != 0 ? right.step : 1),
      dnnl_dim_t(right.step), keep ? 1 : 0, corner, dnnl_dim_t(product.out_step))
    precondition(status == dnnl_success, "dnnl_sgemm: status \(status)")
  }

  /// The library's letter for a transposed operand.
  private func letter(_ transposed: Int32) -> CChar {
    CChar(UInt8(ascii: transposed != 0 ? "T" : "N"))
  }
#endif
