internal import CHoneKernels

// rows: tokens of all sequences    hidden: width of the residual stream

/// Rows that a thread takes at least, so that starting it is worth its while.
func rowGrain(_ width: Int, elements: Int = 16_384) -> Int { max(1, elements / max(1, width)) }

/// Normalises each row and scales it.
///
/// Formula: out = (x − mean) · rstd · gain + bias, rstd = 1 / √(variance + epsilon).
/// Shapes: out, x (rows, hidden); mean, rstd (rows); gain, bias (hidden).
/// Source: Ba, Kiros and Hinton 2016.
package func layerNorm(
  _ out: inout [Float], _ mean: inout [Float], _ rstd: inout [Float], _ x: [Float], gain: [Float], bias: [Float],
  rows: Int, hidden: Int, epsilon: Float = 1e-5
) {
  precondition(
    out.count >= rows * hidden && x.count >= rows * hidden && mean.count >= rows && rstd.count >= rows
      && gain.count == hidden && bias.count == hidden,
    "layerNorm: out \(out.count), x \(x.count), mean \(mean.count), gain \(gain.count) for \(rows) rows of \(hidden)")
  unsafe withPointers(&out, &mean, &rstd) { out, mean, rstd in
    unsafe withPointers(x, gain, bias) { x, gain, bias in
      parallelRows(rows, grain: rowGrain(hidden)) {
        unsafe hone_layer_norm(out, mean, rstd, x, gain, bias, $0.lowerBound, $0.upperBound, hidden, epsilon)
      }
    }
  }
}

/// Adds two rows and normalises their sum, which stays in `sum`.
///
/// Formula: sum = sum + y; out = layerNorm(sum). Shapes: out, sum, y (rows, hidden); mean, rstd (rows).
package func addLayerNorm(
  _ out: inout [Float], _ sum: inout [Float], _ mean: inout [Float], _ rstd: inout [Float], _ y: [Float],
  gain: [Float], bias: [Float], rows: Int, hidden: Int, epsilon: Float
) {
  precondition(
    out.count >= rows * hidden && sum.count >= rows * hidden && y.count >= rows * hidden && mean.count >= rows
      && rstd.count >= rows && gain.count == hidden && bias.count == hidden,
    "addLayerNorm: out \(out.count), sum \(sum.count), y \(y.count), mean \(mean.count) for \(rows) rows of \(hidden)")
  unsafe withPointers(&out, &mean, &rstd) { out, mean, rstd in
    unsafe withPointers(y, gain, bias) { y, gain, bias in
      unsafe sum.withUnsafeMutableBufferPointer { sum in
        let sum = sum.baseAddress
        parallelRows(rows, grain: rowGrain(hidden)) {
          unsafe hone_add_layer_norm(
            out, sum, mean, rstd, sum, y, gain, bias, $0.lowerBound, $0.upperBound, hidden, epsilon)
        }
      }
    }
  }
}

/// Adds the gradients of `layerNorm` to dx, dGain and dBias.
///
/// Formula: dx += rstd · (g − mean(g) − n · mean(g · n)), g = dOut · gain, n = (x − mean) · rstd;
/// dGain += Σ dOut · n; dBias += Σ dOut.
/// Shapes: dx, dOut, x (rows, hidden); dGain, dBias, gain (hidden); mean, rstd (rows).
package func layerNormBackward(
  _ dx: inout [Float], _ dGain: inout [Float], _ dBias: inout [Float], _ dOut: [Float], _ x: [Float], gain: [Float],
  mean: [Float], rstd: [Float], rows: Int, hidden: Int
) {
  precondition(
    dx.count >= rows * hidden && dOut.count >= rows * hidden && x.count >= rows * hidden && mean.count >= rows
      && rstd.count >= rows && gain.count == hidden && dGain.count == hidden && dBias.count == hidden,
    "layerNormBackward: dx \(dx.count), dOut \(dOut.count), x \(x.count) for \(rows) rows of \(hidden)")
  unsafe withPointers(&dx, &dGain, &dBias) { dx, dGain, dBias in
    unsafe withPointers(dOut, x, gain) { dOut, x, gain in
      unsafe withPointers(mean, rstd) { mean, rstd in
        parallelRows(rows, grain: rowGrain(hidden)) {
          unsafe hone_layer_norm_backward_rows(
            dx, dOut, x, gain, mean, rstd, $0.lowerBound, $0.upperBound, hidden)
        }
        parallelRows(hidden, grain: max(64, rowGrain(rows))) {
          unsafe hone_layer_norm_backward_columns(
            dGain, dBias, dOut, x, mean, rstd, rows, hidden, $0.lowerBound, $0.upperBound)
        }
      }
    }
  }
}
