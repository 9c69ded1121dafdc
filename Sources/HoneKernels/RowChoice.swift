internal import CHoneKernels

// vocab: tokens that may come next; a row is one prediction: vocab logits from row · vocab on

/// The tokens with the largest values of one row, the largest first, the lower one first among equals.
///
/// Shapes: logits (rows, vocab); result (count), or (vocab) where that is less.
package func topOfRow(_ logits: [Float], row: Int, vocab: Int, count: Int) -> [Int32] {
  requireRow(logits, row, vocab)
  guard count > 0 else { return [] }
  var best: [Int32] = []
  unsafe logits.withUnsafeBufferPointer { logits in
    guard let start = logits.baseAddress else { return }
    let line = unsafe start + row * vocab
    var least = -Float.infinity  // of the best, once these are complete
    for first in stride(from: 0, to: vocab, by: block) {
      let length = min(block, vocab - first)
      if best.count == count, unsafe largest(line + first, length) <= least { continue }
      for index in first..<first + length {
        let value = unsafe line[index]
        if best.count == count, value <= least { continue }
        let place = best.firstIndex { unsafe line[Int($0)] < value } ?? best.count
        best.insert(Int32(index), at: place)
        if best.count > count { best.removeLast() }
        if best.count == count, let last = best.last { unsafe least = line[Int(last)] }
      }
    }
  }
  return best
}

/// Probabilities of one row.
///
/// Formula: out = softmax(inverseTemperature · (logits − largest)). Shapes: out (vocab); logits (rows, vocab).
package func softmaxOfRow(_ out: inout [Float], _ logits: [Float], row: Int, vocab: Int, inverseTemperature: Float) {
  requireRow(logits, row, vocab)
  precondition(out.count >= vocab && vocab > 0, "softmaxOfRow: out \(out.count) for \(vocab)")
  guard let best = topOfRow(logits, row: row, vocab: vocab, count: 1).first else { return }
  unsafe withPointers(&out, reading: logits) { out, logits in
    guard let out = unsafe out, let logits = unsafe logits else { return }
    let line = unsafe logits + row * vocab
    let largest = unsafe line[Int(best)]
    for index in 0..<vocab { unsafe out[index] = (line[index] - largest) * inverseTemperature }
    // The gradient of cross entropy is softmax − onehot(target); the largest loses no digits by that.
    var (loss, correct, target, weight): (Float, UInt8, Int32, Float) = (0, 0, best, 1)
    unsafe hone_cross_entropy(out, &loss, &correct, &target, &weight, 0, 1, vocab)
    unsafe out[Int(best)] += 1
  }
}

/// The first place at which the sum of the values up to it exceeds `share` of all; the last that is not zero where
/// rounding leaves none.
///
/// Sums are Float64 over blocks of fixed size. Shapes: masses (count), none negative.
package func placeOfShare(_ masses: [Float], share: Double, count: Int) -> Int {
  precondition(masses.count >= count, "placeOfShare: \(masses.count) for \(count)")
  var found = 0
  unsafe masses.withUnsafeBufferPointer { masses in
    guard let masses = masses.baseAddress else { return }
    let sums = stride(from: 0, to: count, by: block).map { unsafe sum(masses + $0, min(block, count - $0)) }
    let last = sums.lastIndex { $0 > 0 } ?? 0
    var rest = sums.reduce(0, +) * share
    for (number, sum) in sums.enumerated() where sum > 0 {
      let first = number * block
      if sum <= rest, number < last {
        rest -= sum
        continue
      }
      for index in first..<min(first + block, count) where unsafe masses[index] > 0 {
        found = index
        rest -= unsafe Double(masses[index])
        if rest < 0 { return }
      }
    }
  }
  return found
}

private let block = 256

private func requireRow(_ logits: [Float], _ row: Int, _ vocab: Int) {
  precondition(row >= 0 && logits.count >= (row + 1) * vocab, "row \(row) of \(logits.count) logits, \(vocab) a row")
}

private func largest(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
  var lanes = SIMD16<Float>(repeating: -.infinity)
  var index = 0
  while index + 16 <= count {
    let values = unsafe UnsafeRawPointer(x + index).loadUnaligned(as: SIMD16<Float>.self)
    lanes.replace(with: values, where: values .> lanes)
    index += 16
  }
  var best = lanes.max()
  while index < count {
    best = unsafe max(best, x[index])
    index += 1
  }
  return best
}

private func sum(_ x: UnsafePointer<Float>, _ count: Int) -> Double {
  var lanes = SIMD16<Float>.zero
  var index = 0
  while index + 16 <= count {
    unsafe lanes += UnsafeRawPointer(x + index).loadUnaligned(as: SIMD16<Float>.self)
    index += 16
  }
  var total = 0.0
  for lane in 0..<16 { total += Double(lanes[lane]) }
  while index < count {
    total += unsafe Double(x[index])
    index += 1
  }
  return total
}
