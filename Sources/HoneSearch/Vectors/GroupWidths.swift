internal import Foundation

/// How the axes of rows are divided into groups of 16 code words each, so that little is lost.
///
/// A group of d axes whose variances have the geometric mean v loses about d · v · 2^(-8/d) by 4 bits; axes behind the
/// last group lose all they have. The division that loses least is found by trying all ends of each group in turn.
/// Shapes: variances (axes), the largest first; result (at most groups), which cover the first axes.
/// Source: the rate of vectors of d normal numbers, Gray and Neuhoff 1998; the balance of groups is that of Ge, He, Ke
/// and Sun 2013, "Optimized product quantization", with groups of different widths.
/// Complexity: O(axes · groups · widest).
func groupWidths(_ variances: [Double], groups: Int) -> [UInt8] {
  let (axes, widest) = (variances.count, 24)
  precondition(groups > 0 && groups * widest >= 1, "\(groups) groups")
  let floor = max(variances.first ?? 0, 1e-30) * 1e-9
  var logSums = [0.0]
  for variance in variances { logSums.append(logSums[logSums.count - 1] + log(max(variance, floor))) }
  var behind = [Double](repeating: 0, count: axes + 1)
  for axis in stride(from: axes - 1, through: 0, by: -1) { behind[axis] = behind[axis + 1] + max(variances[axis], 0) }
  func loss(_ start: Int, _ end: Int) -> Double {
    let width = Double(end - start)
    return width * exp((logSums[end] - logSums[start]) / width - log(2) * 8 / width)
  }
  let rounds = min(groups, axes)
  var least = [Double](repeating: .infinity, count: axes + 1)
  least[0] = 0
  var widths = [[UInt8]](repeating: [UInt8](repeating: 0, count: axes + 1), count: rounds)
  for round in 0..<rounds {
    var next = [Double](repeating: .infinity, count: axes + 1)
    for end in round + 1...axes {
      for width in 1...min(widest, end) where least[end - width] < .infinity {
        let sum = least[end - width] + loss(end - width, end)
        if sum < next[end] { (next[end], widths[round][end]) = (sum, UInt8(width)) }
      }
    }
    least = next
  }
  var end = (0...axes).min { least[$0] + behind[$0] < least[$1] + behind[$1] } ?? axes
  var result: [UInt8] = []
  for round in stride(from: rounds - 1, through: 0, by: -1) {
    result.append(widths[round][end])
    end -= Int(widths[round][end])
  }
  return result.reversed()
}
