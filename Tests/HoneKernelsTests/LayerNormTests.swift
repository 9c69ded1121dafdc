import HoneKernels
import HoneTestSupport
import Testing

/// What layer norm keeps of one row: the row itself, its mean and 1 / √(variance + 1e-5).
private struct NormedRow {
  let normal: [Double]
  let mean, rstd: Double

  init(_ row: ArraySlice<Float>) {
    let values = row.map(Double.init)
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    let rstd = 1 / (variance + 1e-5).squareRoot()
    (self.mean, self.rstd) = (mean, rstd)
    normal = values.map { ($0 - mean) * rstd }
  }
}

private func referenceRows(_ x: [Float], _ shape: [Int]) -> [NormedRow] {
  (0..<shape[0]).map { NormedRow(x[$0 * shape[1]..<($0 + 1) * shape[1]]) }
}

private func referenceLayerNorm(_ x: [Float], _ gain: [Float], _ bias: [Float], _ shape: [Int]) -> [Double] {
  referenceRows(x, shape).flatMap { row in
    row.normal.indices.map { row.normal[$0] * Double(gain[$0]) + Double(bias[$0]) }
  }
}

/// dx, dGain and dBias on their own, without what was there before.
private func referenceLayerNormBackward(
  _ dOut: [Float], _ x: [Float], _ gain: [Float], _ shape: [Int]
) -> (dx: [Double], dGain: [Double], dBias: [Double]) {
  let hidden = shape[1]
  var (dx, dGain) = ([Double](), [Double](repeating: 0, count: hidden))
  var dBias = dGain
  for (index, row) in referenceRows(x, shape).enumerated() {
    let d = dOut[index * hidden..<(index + 1) * hidden].map(Double.init)
    let g = d.indices.map { d[$0] * Double(gain[$0]) }
    let middle = g.reduce(0, +) / Double(hidden)
    let slope = zip(g, row.normal).reduce(0) { $0 + $1.0 * $1.1 } / Double(hidden)
    for i in 0..<hidden {
      dx.append(row.rstd * (g[i] - middle - row.normal[i] * slope))
      dGain[i] += d[i] * row.normal[i]
      dBias[i] += d[i]
    }
  }
  return (dx, dGain, dBias)
}

/// Mean and rstd as the forward pass keeps them, exact but for the last rounding.
private func referenceMoments(_ x: [Float], _ shape: [Int]) -> (mean: [Float], rstd: [Float]) {
  let rows = referenceRows(x, shape)
  return (rows.map { Float($0.mean) }, rows.map { Float($0.rstd) })
}

/// rows, hidden. Rows of two close numbers have an rstd of up to 316, which is what the bounds allow for.
private let shapes = [
  [1, 1], [3, 1], [1, 2], [2, 3], [7, 17], [5, 31], [13, 33], [3, 65], [31, 100], [2, 769], [129, 5],
]
private let large = [301, 771]

let normLoops = [
  Loop(name: "layerNorm", shapes: shapes, large: large) { shape, seed in
    var random = Seeded(seed)
    let (rows, hidden) = (shape[0], shape[1])
    let x = random.values(rows * hidden).map { $0 + 1 }
    let (gain, bias) = (random.values(hidden), random.values(hidden))
    var (out, mean) = ([Float](repeating: .nan, count: rows * hidden), [Float](repeating: .nan, count: rows))
    var rstd = mean
    layerNorm(&out, &mean, &rstd, x, gain: gain, bias: bias, rows: rows, hidden: hidden)
    return [
      LoopOutput("out", out, within: 4e-6) { referenceLayerNorm(x, gain, bias, shape) },
      LoopOutput("mean", mean, within: 1e-6) { referenceRows(x, shape).map(\.mean) },
      LoopOutput("rstd", rstd, within: 1e-4) { referenceRows(x, shape).map(\.rstd) },
    ]
  },
  Loop(name: "layerNormBackward", shapes: shapes, large: large) { shape, seed in
    var random = Seeded(seed)
    let (rows, hidden) = (shape[0], shape[1])
    let x = random.values(rows * hidden).map { $0 + 1 }
    let (dOut, gain) = (random.values(rows * hidden), random.values(hidden))
    let before = [random.values(rows * hidden), random.values(hidden), random.values(hidden)]
    var (dx, dGain, dBias) = (before[0], before[1], before[2])
    let moments = referenceMoments(x, shape)
    layerNormBackward(
      &dx, &dGain, &dBias, dOut, x, gain: gain, mean: moments.mean, rstd: moments.rstd, rows: rows, hidden: hidden)
    let added = { (old: [Float], new: [Double]) in zip(old, new).map { Double($0) + $1 } }
    return [
      LoopOutput("dx", dx, within: 2e-5) { added(before[0], referenceLayerNormBackward(dOut, x, gain, shape).dx) },
      LoopOutput("dGain", dGain, within: 2e-5) {
        added(before[1], referenceLayerNormBackward(dOut, x, gain, shape).dGain)
      },
      LoopOutput("dBias", dBias, within: 1e-5) {
        added(before[2], referenceLayerNormBackward(dOut, x, gain, shape).dBias)
      },
    ]
  },
]

@Test func aRowOfEqualNumbersBecomesTheBias() {
  var (out, mean, rstd) = ([Float](repeating: .nan, count: 66), [Float](repeating: .nan, count: 2), [Float(0), 0])
  let bias = (0..<33).map { Float($0) }
  let x = [Float](repeating: 0.5, count: 33) + [Float](repeating: 0, count: 33)
  layerNorm(&out, &mean, &rstd, x, gain: bias, bias: bias, rows: 2, hidden: 33)
  #expect(out == bias + bias && mean == [0.5, 0])
  #expect(rstd.allSatisfy { abs($0 - 316.227766) < 1e-3 })
}

@Test func onlyTheGivenRowsAreWritten() {
  var (out, mean, rstd) = (
    [Float](repeating: 9, count: 12), [Float](repeating: 9, count: 4), [Float](repeating: 9, count: 4)
  )
  let (x, ones) = ((0..<12).map { Float($0) }, [Float](repeating: 1, count: 3))
  layerNorm(&out, &mean, &rstd, x, gain: ones, bias: ones, rows: 2, hidden: 3)
  #expect(out[6...].allSatisfy { $0 == 9 } && mean[2...] == [9, 9] && rstd[2...] == [9, 9])
  layerNorm(&out, &mean, &rstd, x, gain: ones, bias: ones, rows: 0, hidden: 3)
  #expect(mean == [1, 4, 9, 9])
}
