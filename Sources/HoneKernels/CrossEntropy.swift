internal import CHoneKernels

// rows: predictions in this chunk    vocab: tokens that may come next

/// Losses of a chunk of predictions; the logits become their gradients.
///
/// Formula: loss = −ln softmax(logits)[target]; dLogits = weight · (softmax(logits) − onehot(target)).
/// `correct` is 1 where the target is the first of the largest logits.
/// Shapes: logits (rows, vocab); losses, correct, targets, weights hold the chunk from `firstRow` on.
package func crossEntropy(
  _ logits: inout [Float], _ losses: inout [Float], _ correct: inout [UInt8], firstRow: Int, targets: [Int32],
  weights: [Float], rows: Int, vocab: Int
) {
  checkChunk(logits.count, losses.count, correct.count, targets, firstRow, rows, vocab)
  precondition(weights.count >= firstRow + rows, "crossEntropy: weights \(weights.count)")
  unsafe withPointers(&logits, &losses, &correct) { logits, losses, correct in
    unsafe withPointers(targets, weights) { targets, weights in
      guard let losses = unsafe losses, let correct = unsafe correct, let targets = unsafe targets,
        let weights = unsafe weights
      else { return }
      parallelRows(rows) {
        unsafe hone_cross_entropy(
          logits, losses + firstRow, correct + firstRow, targets + firstRow, weights + firstRow, $0.lowerBound,
          $0.upperBound, vocab)
      }
    }
  }
}

/// The same losses without gradients.
package func crossEntropyForward(
  _ logits: [Float], _ losses: inout [Float], _ correct: inout [UInt8], firstRow: Int, targets: [Int32], rows: Int,
  vocab: Int
) {
  checkChunk(logits.count, losses.count, correct.count, targets, firstRow, rows, vocab)
  unsafe withPointers(&losses, &correct) { losses, correct in
    unsafe withPointers(logits, targets) { logits, targets in
      guard let losses = unsafe losses, let correct = unsafe correct, let targets = unsafe targets else { return }
      // Without weights the C function only reads the logits.
      let logits = unsafe UnsafeMutablePointer(mutating: logits)
      parallelRows(rows) {
        unsafe hone_cross_entropy(
          logits, losses + firstRow, correct + firstRow, targets + firstRow, nil, $0.lowerBound, $0.upperBound, vocab)
      }
    }
  }
}

private func checkChunk(
  _ logits: Int, _ losses: Int, _ correct: Int, _ targets: [Int32], _ firstRow: Int, _ rows: Int, _ vocab: Int
) {
  let last = firstRow + rows
  precondition(
    logits >= rows * vocab && losses >= last && correct >= last && targets.count >= last,
    "crossEntropy: logits \(logits), losses \(losses), targets \(targets.count) for \(rows) rows of \(vocab)")
  precondition(targets[firstRow..<last].allSatisfy { $0 >= 0 && Int($0) < vocab }, "a target outside \(vocab) tokens")
}

/// ln Σ exp of each row.
///
/// Shapes: out (rows); logits (rows, vocab).
package func logSumExpRows(_ out: inout [Float], _ logits: [Float], rows: Int, vocab: Int) {
  precondition(out.count >= rows && logits.count >= rows * vocab, "logSumExpRows: \(out.count), \(logits.count)")
  unsafe withPointers(&out, reading: logits) { out, logits in
    parallelRows(rows) { unsafe hone_log_sum_exp(out, logits, $0.lowerBound, $0.upperBound, vocab) }
  }
}
