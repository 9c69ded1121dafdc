internal import CHoneKernels

// Pictures are (height, width, channels), row-major. Windows of 3 × 3 slide over them.

/// How windows of 3 × 3 slide over a picture, and what becomes of their sums.
package struct ConvolutionWindow: Sendable, Equatable {
  package let height: Int
  package let width: Int
  package let channels: Int
  /// Steps from one window to the next.
  package let stride: Int
  /// Rows and columns of zeros on each side.
  package let top, left, bottom, right: Int

  /// Takes zeros on each side.
  package init(
    height: Int, width: Int, channels: Int, stride: Int, top: Int = 0, left: Int = 0, bottom: Int = 0, right: Int = 0
  ) {
    precondition(
      height > 0 && width > 0 && channels > 0 && stride > 0 && min(top, left, bottom, right) >= 0
        && height + top + bottom >= 3 && width + left + right >= 3,
      "a window over \(height) × \(width) × \(channels), stride \(stride)")
    (self.height, self.width, self.channels, self.stride) = (height, width, channels, stride)
    (self.top, self.left, self.bottom, self.right) = (top, left, bottom, right)
  }

  /// Windows that fit from top to bottom.
  package var outHeight: Int { (height + top + bottom - 3) / stride + 1 }
  /// Windows that fit from left to right.
  package var outWidth: Int { (width + left + right - 3) / stride + 1 }

  fileprivate func kernel(_ range: ClosedRange<Float>) -> hone_window {
    hone_window(
      height: height, width: width, channels: channels, out_height: outHeight, out_width: outWidth, stride: stride,
      top: top, left: left, low: range.lowerBound, high: range.upperBound)
  }
}

/// Numbers that are left as they are.
package let anyNumber = -Float.infinity...Float.infinity

/// Slides a window over each channel by itself.
///
/// Formula: out[y, x, c] = Σ in[y·stride + i − top, x·stride + j − left, c] · weights[i, j, c] + bias[c], brought into
/// `range`; outside the picture is zero.
/// Shapes: out (outHeight, outWidth, channels); x (height, width, channels); weights (3, 3, channels); bias (channels).
/// Source: Howard et al. 2017.
package func depthwiseConvolution(
  _ out: inout [Float], _ x: [Float], _ weights: [Float], _ bias: [Float], _ window: ConvolutionWindow,
  range: ClosedRange<Float> = anyNumber
) {
  let (rows, rowSize) = (window.outHeight, window.outWidth * window.channels)
  precondition(
    out.count >= rows * rowSize && x.count >= window.height * window.width * window.channels
      && weights.count == 9 * window.channels && bias.count == window.channels,
    "depthwiseConvolution: out \(out.count), x \(x.count), weights \(weights.count) for \(window)")
  let kernel = window.kernel(range)
  unsafe withPointers(&out, reading: x) { out, x in
    unsafe withPointers(weights, bias) { weights, bias in
      parallelRows(rows, grain: rowGrain(rowSize)) {
        unsafe hone_depthwise3(out, x, weights, bias, kernel, $0.lowerBound, $0.upperBound)
      }
    }
  }
}

/// Slides a window over all channels, once for each filter.
///
/// Formula: out[y, x, f] = Σ in[y·stride + i − top, x·stride + j − left, c] · weights[i, j, c, f] + bias[f], brought into
/// `range`. Shapes: out (outHeight, outWidth, filters); weights (3, 3, channels, filters); bias (filters).
package func convolution(
  _ out: inout [Float], _ x: [Float], _ weights: [Float], _ bias: [Float], filters: Int, _ window: ConvolutionWindow,
  range: ClosedRange<Float> = anyNumber
) {
  let (rows, rowSize) = (window.outHeight, window.outWidth * filters)
  precondition(
    out.count >= rows * rowSize && x.count >= window.height * window.width * window.channels
      && weights.count == 9 * window.channels * filters && bias.count == filters,
    "convolution: out \(out.count), x \(x.count), weights \(weights.count) for \(window)")
  let kernel = window.kernel(range)
  unsafe withPointers(&out, reading: x) { out, x in
    unsafe withPointers(weights, bias) { weights, bias in
      parallelRows(rows, grain: rowGrain(rowSize)) {
        unsafe hone_convolve3(out, x, weights, bias, filters, kernel, $0.lowerBound, $0.upperBound)
      }
    }
  }
}

/// Brings every number into a range. Shapes: x (count).
package func clamp(_ x: inout [Float], into range: ClosedRange<Float>, count: Int) {
  precondition(x.count >= count, "clamp: x \(x.count) for \(count)")
  unsafe x.withUnsafeMutableBufferPointer { x in
    let x = x.baseAddress
    parallelRows(count, grain: 32_768) {
      unsafe hone_clamp(x, range.lowerBound, range.upperBound, $0.lowerBound, $0.upperBound)
    }
  }
}

/// CLIP's quick GELU, over the array itself.
///
/// Formula: x · logistic(1.702 · x). Shapes: x (count). Source: Hendrycks and Gimpel 2016; "quick_gelu" in `config.json`.
package func quickGELU(_ x: inout [Float], count: Int) {
  precondition(x.count >= count, "quickGELU: x \(x.count) for \(count)")
  unsafe x.withUnsafeMutableBufferPointer { x in
    let x = x.baseAddress
    parallelRows(count, grain: 32_768) { unsafe hone_quick_gelu_in_place(x, $0.lowerBound, $0.upperBound) }
  }
}
