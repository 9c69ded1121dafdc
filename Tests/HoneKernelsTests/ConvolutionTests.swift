import HoneKernels
import HoneTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a window should give, in Float64: `weight` gives the weight of row i, column j, channel c for filter f.
private func reference(
  _ x: [Float], _ window: ConvolutionWindow, filters: Int, bias: [Float], range: ClosedRange<Double>,
  channels: (Int) -> Range<Int>, weight: (Int, Int, Int, Int) -> Float
) -> [Double] {
  var result: [Double] = []
  for y in 0..<window.outHeight {
    for column in 0..<window.outWidth {
      for f in 0..<filters {
        var sum = Double(bias[f])
        for i in 0..<3 {
          for j in 0..<3 {
            let (row, place) = (y * window.stride + i - window.top, column * window.stride + j - window.left)
            guard (0..<window.height).contains(row), (0..<window.width).contains(place) else { continue }
            for c in channels(f) {
              sum += Double(x[(row * window.width + place) * window.channels + c]) * Double(weight(i, j, c, f))
            }
          }
        }
        result.append(min(max(sum, range.lowerBound), range.upperBound))
      }
    }
  }
  return result
}

/// Shapes: height, width, channels, stride, top and left, bottom and right, filters.
private let windows = [
  [1, 1, 1, 1, 1, 1, 1], [3, 3, 2, 1, 0, 0, 3], [5, 4, 16, 2, 0, 1, 5], [7, 9, 19, 1, 1, 1, 16],
  [6, 5, 3, 2, 1, 1, 33],
  [2, 3, 40, 1, 2, 2, 4], [4, 8, 35, 3, 1, 2, 17],
]

private func window(_ shape: [Int]) -> ConvolutionWindow {
  ConvolutionWindow(
    height: shape[0], width: shape[1], channels: shape[2], stride: shape[3], top: shape[4], left: shape[4],
    bottom: shape[5], right: shape[5])
}

let convolutionLoops = [
  Loop(name: "depthwiseConvolution", shapes: windows, large: [120, 60, 33, 1, 1, 1, 1]) { shape, seed in
    var seeded = Seeded(seed)
    let window = window(shape)
    let x = seeded.values(window.height * window.width * window.channels)
    let (weights, bias) = (seeded.values(9 * window.channels), seeded.values(window.channels))
    var out = [Float](repeating: .nan, count: window.outHeight * window.outWidth * window.channels)
    depthwiseConvolution(&out, x, weights, bias, window, range: -0.5...1)
    return [
      LoopOutput("out", out, within: 4e-6) {
        reference(
          x, window, filters: window.channels, bias: bias, range: -0.5...1, channels: { $0..<$0 + 1 },
          weight: { i, j, c, _ in weights[(3 * i + j) * window.channels + c] })
      }
    ]
  },
  Loop(name: "convolution", shapes: windows, large: [120, 60, 3, 2, 0, 1, 40]) { shape, seed in
    var seeded = Seeded(seed)
    let (window, filters) = (window(shape), shape[6])
    let x = seeded.values(window.height * window.width * window.channels)
    let (weights, bias) = (seeded.values(9 * window.channels * filters), seeded.values(filters))
    var out = [Float](repeating: .nan, count: window.outHeight * window.outWidth * filters)
    convolution(&out, x, weights, bias, filters: filters, window, range: -6...6)
    return [
      LoopOutput("out", out, within: 4e-5) {
        reference(
          x, window, filters: filters, bias: bias, range: -6...6, channels: { _ in 0..<window.channels },
          weight: { i, j, c, f in weights[((3 * i + j) * window.channels + c) * filters + f] })
      }
    ]
  },
  Loop(name: "clamp", shapes: [[1], [7], [100]], large: [100_003]) { shape, seed in
    var seeded = Seeded(seed)
    let x = seeded.values(shape[0])
    var out = x
    clamp(&out, into: 0...0.5, count: shape[0])
    return [LoopOutput("x", out, within: 0) { x.map { Double(min(max($0, 0), 0.5)) } }]
  },
  Loop(name: "quickGELU", shapes: [[1], [7], [100]], large: [100_003]) { shape, seed in
    var seeded = Seeded(seed)
    let x = seeded.values(shape[0]).map { $0 * 12 }
    var out = x
    quickGELU(&out, count: shape[0])
    return [LoopOutput("x", out, within: 2e-6) { x.map { Double($0) / (1 + exp(-1.702 * Double($0))) } }]
  },
]
