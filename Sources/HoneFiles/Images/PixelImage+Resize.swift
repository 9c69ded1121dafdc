// Shapes: pictures are (height, width, 3).

/// How a picture of another size is made: a window over the pixels around each new one, as wide as that many old pixels
/// where it becomes smaller, so that nothing is skipped.
package enum ResizeFilter: Sendable {
  /// A triangle over two pixels.
  case bilinear
  /// Keys' cubic with a = −1/2 over four pixels.
  case bicubic

  /// How many pixels it reaches to each side.
  fileprivate var reach: Double { self == .bilinear ? 1 : 2 }

  fileprivate func weight(_ distance: Double) -> Double {
    let x = abs(distance)
    switch self {
    case .bilinear: return max(0, 1 - x)
    case .bicubic:
      if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
      return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
    }
  }
}

extension PixelImage {
  /// The picture in another size.
  ///
  /// Columns first, then rows, each rounded to bytes; the weights are whole numbers of 22 binary digits. That makes it equal
  /// to the picture library most models were trained with.
  /// Source: Pillow, `Image.resize`; Keys 1981.
  package func resized(width newWidth: Int, height newHeight: Int, _ filter: ResizeFilter) -> PixelImage {
    precondition(newWidth > 0 && newHeight > 0, "a picture of \(newWidth) × \(newHeight)")
    let across = newWidth == width ? self : resizedAcross(ResizeWeights(from: width, to: newWidth, filter))
    return newHeight == height ? across : across.resizedDown(ResizeWeights(from: height, to: newHeight, filter))
  }

  /// The picture with its shorter side so long, and the other in proportion, rounded down.
  package func resized(shortSide: Int, _ filter: ResizeFilter) -> PixelImage {
    let (short, long) = (min(width, height), max(width, height))
    let other = long * shortSide / short
    return width <= height
      ? resized(width: shortSide, height: other, filter) : resized(width: other, height: shortSide, filter)
  }

  /// The middle of the picture; what lies outside of it is black.
  package func centre(width newWidth: Int, height newHeight: Int) -> PixelImage {
    precondition(newWidth > 0 && newHeight > 0, "a picture of \(newWidth) × \(newHeight)")
    let (left, top) = (floorHalf(width - newWidth), floorHalf(height - newHeight))
    var result = [UInt8](repeating: 0, count: newWidth * newHeight * 3)
    let columns = max(0, left)..<min(width, left + newWidth)
    for row in max(0, top)..<min(height, top + newHeight) {
      let to = 3 * ((row - top) * newWidth + columns.lowerBound - left)
      let from = 3 * (row * width + columns.lowerBound)
      result.replaceSubrange(to..<to + 3 * columns.count, with: pixels[from..<from + 3 * columns.count])
    }
    return PixelImage(width: newWidth, height: newHeight, pixels: result)
  }

  private func resizedAcross(_ weights: ResizeWeights) -> PixelImage {
    let newWidth = weights.starts.count
    var result = [UInt8](repeating: 0, count: newWidth * height * 3)
    var out = result.mutableSpan
    let (x, numbers) = (pixels.span, weights.numbers.span)
    for row in 0..<height {
      for column in 0..<newWidth {
        let (first, count) = (weights.starts[column], weights.counts[column])
        var (red, green, blue) = (ResizeWeights.half, ResizeWeights.half, ResizeWeights.half)
        var from = 3 * (row * width + first)
        for place in column * weights.width..<column * weights.width + count {
          let weight = numbers[place]
          red &+= Int32(x[from]) &* weight
          green &+= Int32(x[from + 1]) &* weight
          blue &+= Int32(x[from + 2]) &* weight
          from += 3
        }
        let to = 3 * (row * newWidth + column)
        out[to] = ResizeWeights.byte(red)
        out[to + 1] = ResizeWeights.byte(green)
        out[to + 2] = ResizeWeights.byte(blue)
      }
    }
    return PixelImage(width: newWidth, height: height, pixels: result)
  }

  private func resizedDown(_ weights: ResizeWeights) -> PixelImage {
    let newHeight = weights.starts.count
    var result = [UInt8](repeating: 0, count: width * newHeight * 3)
    var sums = [Int32](repeating: 0, count: width * 3)
    var out = result.mutableSpan
    let x = pixels.span
    let rowBytes = width * 3
    for row in 0..<newHeight {
      var sum = sums.mutableSpan
      for i in 0..<rowBytes { sum[i] = ResizeWeights.half }
      for place in 0..<weights.counts[row] {
        let weight = weights.numbers[row * weights.width + place]
        let from = (weights.starts[row] + place) * rowBytes
        for i in 0..<rowBytes { sum[i] &+= Int32(x[from + i]) &* weight }
      }
      for i in 0..<rowBytes { out[row * rowBytes + i] = ResizeWeights.byte(sum[i]) }
    }
    return PixelImage(width: width, height: newHeight, pixels: result)
  }
}

private func floorHalf(_ x: Int) -> Int { x >> 1 }

/// What each new pixel takes of the old ones along one side.
private struct ResizeWeights {
  /// Numbers kept for each new pixel.
  let width: Int
  private(set) var starts: [Int] = []  // (new) the first old pixel
  private(set) var counts: [Int] = []  // (new) how many there are
  private(set) var numbers: [Int32]  // (new, width) in units of 2^-22

  private static let digits: Int32 = 22
  static let half: Int32 = 1 << (digits - 1)

  init(from old: Int, to new: Int, _ filter: ResizeFilter) {
    let scale = Double(old) / Double(new)
    let stretch = max(1, scale)
    let reach = filter.reach * stretch
    width = Int(reach.rounded(.up)) * 2 + 1
    numbers = [Int32](repeating: 0, count: new * width)
    for place in 0..<new {
      let centre = (Double(place) + 0.5) * scale
      let first = max(0, Int(centre - reach + 0.5))
      let end = min(old, Int(centre + reach + 0.5))
      var shares = (first..<end).map { filter.weight((Double($0) - centre + 0.5) / stretch) }
      let sum = shares.reduce(0, +)
      if sum != 0 { shares = shares.map { $0 / sum } }
      starts.append(first)
      counts.append(shares.count)
      for (index, share) in shares.enumerated() {
        let units = share * Double(1 << Self.digits)
        numbers[place * width + index] = Int32(share < 0 ? units - 0.5 : units + 0.5)
      }
    }
  }

  static func byte(_ sum: Int32) -> UInt8 { UInt8(clamping: sum >> digits) }
}
