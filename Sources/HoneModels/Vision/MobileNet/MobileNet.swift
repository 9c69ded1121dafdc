internal import HoneKernels
internal import Synchronization

// A picture and a map between two steps are (height, width, channels).

/// A network of the MobileNet family laid out for inference: matrices are packed once, and it never changes.
///
/// A picture gives the same features alone or among others, with any number of threads.
/// Source: Sandler et al. 2018.
package struct MobileNet: Sendable {
  package let config: MobileNetConfig
  private let steps: [PackedStep]

  package init(_ weights: MobileNetWeights, _ config: MobileNetConfig) {
    precondition(weights.steps.count == config.steps.count, "\(weights.steps.count) steps of \(config.steps.count)")
    self.config = config
    steps = weights.steps.enumerated().map { index, weights in
      PackedStep(weights, config.steps[index], inputs: config.inputChannels(index))
    }
  }

  /// Bytes in memory.
  package var bytes: Int { steps.reduce(0) { $0 + $1.bytes } }

  /// The features of pictures: the mean of the last map over its pixels. Pictures go side by side, one a thread.
  ///
  /// Shapes: pictures of `config.input`, numbers from −1 to 1; result (pictures, dimensions).
  package func features(_ pictures: [[Float]]) -> [Float] {
    for picture in pictures {
      precondition(picture.count == config.input.count, "\(picture.count) numbers for a picture of \(config.input)")
    }
    let rooms = Mutex<[MapRoom]>([])
    return parallelMap(pictures.count) { index in
      var room = rooms.withLock { $0.popLast() } ?? MapRoom()
      let features = run(pictures[index], &room)
      rooms.withLock { $0.append(room) }
      return features
    }.flatMap(\.self)
  }

  private func run(_ picture: [Float], _ room: inout MapRoom) -> [Float] {
    var kept: [Int: [Float]] = [:]
    let wanted = Set(config.steps.compactMap(\.addend))
    room.input.replaceSubrange(0..<min(room.input.count, picture.count), with: picture)
    for (index, step) in config.steps.enumerated() {
      let size = config.sizes[index]
      grow(&room.output, size.count)
      steps[index].run(&room.output, room.input, config.inputSize(index), step)
      if let addend = step.addend, let earlier = kept[addend] { addRows(&room.output, earlier, count: size.count) }
      if wanted.contains(index) { kept[index] = Array(room.output.prefix(size.count)) }
      swap(&room.input, &room.output)
    }
    let last = config.sizes[config.sizes.count - 1]
    return meanOfPixels(room.input, pixels: last.pixels, channels: last.channels)
  }
}

/// Two maps that take turns, kept for the next picture.
private struct MapRoom: Sendable {
  var input: [Float] = []
  var output: [Float] = []
}

private func meanOfPixels(_ x: [Float], pixels: Int, channels: Int) -> [Float] {
  var result = zeros(channels)
  var out = result.mutableSpan
  let x = x.span
  for pixel in 0..<pixels {
    for i in 0..<channels { out[i] += x[pixel * channels + i] }
  }
  let share = 1 / Float(pixels)
  for i in 0..<channels { out[i] *= share }
  return result
}

/// One step with its numbers as its kernel wants them.
private struct PackedStep: Sendable {
  private enum Kernel: Sendable {
    case matrix(PackedMatrix)
    case window([Float])
  }

  private let kernel: Kernel
  private let bias: [Float]

  init(_ weights: MobileNetWeights.Step, _ step: MobileNetConfig.Step, inputs: Int) {
    bias = weights.bias
    kernel =
      step.kind == .pointwise
      ? .matrix(
        PackedMatrix(
          weights.kernel, inputs: inputs, outputs: step.filters, transposed: false, precision: .float32))
      : .window(weights.kernel)
  }

  var bytes: Int {
    switch kernel {
    case .matrix(let matrix): matrix.bytes + bias.count * 4
    case .window(let weights): (weights.count + bias.count) * 4
    }
  }

  func run(_ out: inout [Float], _ x: [Float], _ size: MobileNetConfig.MapSize, _ step: MobileNetConfig.Step) {
    let range: ClosedRange<Float> = step.bends ? 0...6 : anyNumber
    switch kernel {
    case .matrix(let matrix):
      linear(&out, x, matrix, bias, rows: size.pixels)
      if step.bends { clamp(&out, into: range, count: size.pixels * step.filters) }
    case .window(let weights):
      let window = ConvolutionWindow(
        height: size.height, width: size.width, channels: size.channels, stride: step.stride, top: step.top,
        left: step.left, bottom: step.bottom, right: step.right)
      if step.kind == .depthwise {
        depthwiseConvolution(&out, x, weights, bias, window, range: range)
      } else {
        convolution(&out, x, weights, bias, filters: step.filters, window, range: range)
      }
    }
  }
}
