#if canImport(Darwin)
  internal import Accelerate
  internal import CHoneKernels

  /// The library behind ``libraryProduct(_:_:)`` on Apple systems.
  let matrixLibraryName = hone_kernels_chosen() == HONE_KERNELS_PORTABLE ? portableLibraryName : "Accelerate"

  /// Accelerate's products take float32 alone.
  func libraryTakesBFloat16() -> Bool { false }

  /// Accelerate has nothing for a matrix that we packed.
  func packedBFloat16Product(_ product: hone_product) -> Bool { false }

  /// The general product through Accelerate, which brings its own threads. `product` lacks its packed side, `right`.
  func libraryProduct(_ product: hone_product, _ right: hone_matrix) {
    guard let out = unsafe product.out else { return }
    if let bias = unsafe product.bias {
      for row in 0..<(unsafe product.rows) {
        unsafe (out + row * product.out_step).update(from: bias, count: product.columns)
      }
    }
    let keep = unsafe product.accumulate != 0 || product.bias != nil
    unsafe cblas_sgemm(
      CblasRowMajor, product.x.transposed != 0 ? CblasTrans : CblasNoTrans,
      right.transposed != 0 ? CblasTrans : CblasNoTrans, Int32(product.rows), Int32(product.columns),
      Int32(product.depth), 1, product.x.values, Int32(product.x.step), right.values, Int32(right.step), keep ? 1 : 0,
      out, Int32(product.out_step))
  }
#endif
