internal import CHoneKernels

/// Elements that a thread takes at least.
private let elementGrain = 32_768

/// GPT-2's GELU.
///
/// Formula: x/2 · (1 + tanh(√(2/π) · (x + 0.044715·x³))), computed as x times the logistic function of twice that.
/// Shapes: out, x (count).
/// Source: Hendrycks and Gimpel 2016, the tanh form; "gelu_new" in `config.json`.
package func gelu(_ out: inout [Float], _ x: [Float], count: Int) {
  precondition(out.count >= count && x.count >= count, "gelu: out \(out.count), x \(x.count) for \(count)")
  unsafe withPointers(&out, reading: x) { out, x in
    parallelRows(count, grain: elementGrain) { unsafe hone_gelu(out, x, $0.lowerBound, $0.upperBound) }
  }
}

/// The same over the array itself.
package func geluInPlace(_ x: inout [Float], count: Int) {
  precondition(x.count >= count, "geluInPlace: x \(x.count) for \(count)")
  unsafe x.withUnsafeMutableBufferPointer { x in
    let x = x.baseAddress
    parallelRows(count, grain: elementGrain) { unsafe hone_gelu_in_place(x, $0.lowerBound, $0.upperBound) }
  }
}

/// Multiplies dx, which holds the gradient of the result, by GELU's derivative at x.
package func geluBackward(_ dx: inout [Float], _ x: [Float], count: Int) {
  precondition(dx.count >= count && x.count >= count, "geluBackward: dx \(dx.count), x \(x.count) for \(count)")
  unsafe withPointers(&dx, reading: x) { dx, x in
    parallelRows(count, grain: elementGrain) { unsafe hone_gelu_backward(dx, x, $0.lowerBound, $0.upperBound) }
  }
}

/// BERT's GELU, over the array itself.
///
/// Formula: x/2 · (1 + erf(x / √2)), at most 1.5e-7 · |x| off. Shapes: x (count).
/// Source: Hendrycks and Gimpel 2016; "gelu" in `config.json`.
package func geluErf(_ x: inout [Float], count: Int) {
  precondition(x.count >= count, "geluErf: x \(x.count) for \(count)")
  unsafe x.withUnsafeMutableBufferPointer { x in
    let x = x.baseAddress
    parallelRows(count, grain: elementGrain) { unsafe hone_gelu_erf_in_place(x, $0.lowerBound, $0.upperBound) }
  }
}

/// The same into an array of its own.
package func geluErf(_ out: inout [Float], _ x: [Float], count: Int) {
  precondition(out.count >= count && x.count >= count, "geluErf: out \(out.count), x \(x.count) for \(count)")
  unsafe withPointers(&out, reading: x) { out, x in
    parallelRows(count, grain: elementGrain) { unsafe hone_gelu_erf(out, x, $0.lowerBound, $0.upperBound) }
  }
}

/// Multiplies dx, which holds the gradient of the result, by the derivative of `geluErf` at x.
package func geluErfBackward(_ dx: inout [Float], _ x: [Float], count: Int) {
  precondition(dx.count >= count && x.count >= count, "geluErfBackward: dx \(dx.count), x \(x.count) for \(count)")
  unsafe withPointers(&dx, reading: x) { dx, x in
    parallelRows(count, grain: elementGrain) { unsafe hone_gelu_erf_backward(dx, x, $0.lowerBound, $0.upperBound) }
  }
}

/// x += y.
package func addRows(_ x: inout [Float], _ y: [Float], count: Int) {
  precondition(x.count >= count && y.count >= count, "addRows: x \(x.count), y \(y.count) for \(count)")
  unsafe withPointers(&x, reading: y) { x, y in
    parallelRows(count, grain: elementGrain) { unsafe hone_add(x, y, $0.lowerBound, $0.upperBound) }
  }
}

/// out = x + y.
package func addRows(_ out: inout [Float], _ x: [Float], _ y: [Float], count: Int) {
  precondition(
    out.count >= count && x.count >= count && y.count >= count,
    "addRows: out \(out.count), x \(x.count), y \(y.count) for \(count)")
  unsafe withPointers(x, y) { x, y in
    unsafe out.withUnsafeMutableBufferPointer { out in
      let out = out.baseAddress
      parallelRows(count, grain: elementGrain) { unsafe hone_sum(out, x, y, $0.lowerBound, $0.upperBound) }
    }
  }
}

/// Sets elements to zero with probability `rate` and scales the others by 1 / (1 − rate).
///
/// Which elements depends on `key` and their place alone, so the same call on the gradient is the backward pass.
/// - Precondition: 0 ≤ rate < 1.
package func dropout(_ x: inout [Float], rate: Float, key: UInt64, count: Int) {
  precondition(x.count >= count && rate >= 0 && rate < 1, "dropout: x \(x.count) for \(count), rate \(rate)")
  guard rate > 0 else { return }
  unsafe x.withUnsafeMutableBufferPointer { x in
    let x = x.baseAddress
    parallelRows(count, grain: elementGrain) { unsafe hone_dropout(x, rate, key, $0.lowerBound, $0.upperBound) }
  }
}

/// Σ x², summed in Float64 over blocks of fixed size, so that the bits do not depend on the threads.
package func sumOfSquares(_ x: [Float]) -> Double {
  let block = 65_536
  let blocks = (x.count + block - 1) / block
  var sums = [Double](repeating: 0, count: blocks)
  let count = x.count
  unsafe withPointers(&sums, reading: x) { sums, x in
    guard let sums = unsafe sums else { return }
    parallelRows(blocks) { blocks in
      for index in blocks {
        unsafe sums[index] = hone_sum_of_squares(x, index * block, min(count, (index + 1) * block))
      }
    }
  }
  return sums.reduce(0, +)
}

/// One step of AdamW on one tensor.
///
/// Formula: d = g · gradientScale; m ← β₁m + (1 − β₁)d; v ← β₂v + (1 − β₂)d²;
/// w ← w · (1 − rate · decay) − rate · m̂ / (√v̂ + ε), m̂ = m / (1 − β₁^step), v̂ = v / (1 − β₂^step).
/// Shapes: all of equal count. Source: Loshchilov and Hutter 2019, as `torch.optim.AdamW`.
package func adamW(
  _ weights: inout [Float], _ m: inout [Float], _ v: inout [Float], _ gradients: [Float], learningRate: Float,
  beta1: Float, beta2: Float, epsilon: Float, weightDecay: Float, step: Int, gradientScale: Float
) {
  let count = weights.count
  precondition(
    m.count == count && v.count == count && gradients.count == count && step >= 1,
    "adamW: weights \(count), m \(m.count), v \(v.count), gradients \(gradients.count), step \(step)")
  let options = hone_adamw_options(
    learning_rate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weight_decay: weightDecay,
    correction1: Float(1 - power(Double(beta1), step)), correction2: Float(1 - power(Double(beta2), step)),
    gradient_scale: gradientScale)
  unsafe withPointers(&weights, &m, &v) { weights, m, v in
    unsafe gradients.withUnsafeBufferPointer { gradients in
      let gradients = gradients.baseAddress
      parallelRows(count, grain: elementGrain) {
        unsafe hone_adamw(weights, m, v, gradients, options, $0.lowerBound, $0.upperBound)
      }
    }
  }
}

private func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, factor, rest) = (1.0, base, exponent)
  while rest > 0 {
    if rest & 1 == 1 { result *= factor }
    factor *= factor
    rest >>= 1
  }
  return result
}
