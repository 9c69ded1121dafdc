import Foundation
import Hone
import HoneKernels
import HoneFiles
import HoneTraining

/// `projection PAIRS OUTPUTS EPOCHS LEARNING_RATE`: PAIRS is a safetensors file of `first`, `second`, `held_first`,
/// `held_second` (pairs, dimensions) and their `labels`, `held_labels`, 1 or -1.
///
/// Prints the seconds of the whole training, and the accuracy on the held-out pairs, the threshold chosen on the others.
func projection(_ arguments: [String]) throws {
  guard arguments.count == 4, let outputs = Int(arguments[1]), let epochs = Int(arguments[2]),
    let rate = Float(arguments[3])
  else { throw UsageError(text: "projection PAIRS OUTPUTS EPOCHS LEARNING_RATE") }
  let file = try Safetensors(contentsOf: URL(fileURLWithPath: arguments[0]))
  let inputs = file.shape(of: "first")?.last ?? 0
  let (first, second, labels) = (try file.floats("first"), try file.floats("second"), try file.floats("labels"))
  var options = ProjectionOptions()
  (options.outputs, options.epochs, options.learningRate) = (outputs, epochs, rate)
  var seconds: [Double] = []
  var trained: ProjectionTrainer?
  for _ in 0..<3 {
    let start = ContinuousClock.now
    var trainer = ProjectionTrainer(inputs: inputs, options: options)
    try trainer.run(first, second, labels: labels) { _, _ in true }
    seconds.append((ContinuousClock.now - start) / .seconds(1))
    trained = trainer
  }
  guard let trained else { return }
  func cosines(_ a: [Float], _ b: [Float]) -> [Float] {
    let (x, y) = (trained.project(a), trained.project(b))
    return stride(from: 0, to: x.count, by: outputs).map { start in
      (start..<start + outputs).reduce(0) { $0 + x[$1] * y[$1] }
    }
  }
  let (known, marks) = (cosines(first, second), labels.map { $0 > 0 })
  let threshold = known.map { cut in (cut, zip(known, marks).count { ($0 >= cut) == $1 }) }.max { $0.1 < $1.1 }?.0 ?? 0
  let held = cosines(try file.floats("held_first"), try file.floats("held_second"))
  let right = zip(held, try file.floats("held_labels")).count { ($0 >= threshold) == ($1 > 0) }
  try printLine([
    "task": "\(inputs) x \(outputs)", "seconds": seconds, "units": seconds.map { _ in 1 },
    "peak_memory_bytes": peakMemoryBytes(), "held_out_accuracy": Double(right) / Double(held.count),
  ])
}
