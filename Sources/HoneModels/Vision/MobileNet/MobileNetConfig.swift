/// The steps of a convolutional network of the MobileNet family, from pixels to a map of features.
///
/// Source: the layers of a Keras model (`topology.json` of TensorFlow.js): each step is a convolution, the batch norm after it,
/// and, where they follow, ReLU6 or the sum with an earlier step.
package struct MobileNetConfig: Sendable, Equatable {
  /// What a step slides over its input.
  package enum Kind: Sendable, Equatable {
    /// 1 × 1 over all channels: a matrix product for each pixel.
    case pointwise
    /// 3 × 3 over each channel by itself.
    case depthwise
    /// 3 × 3 over all channels.
    case full
  }

  /// One convolution and what follows it.
  package struct Step: Sendable, Equatable {
    /// The layer of the convolution and that of its batch norm, as the checkpoint names them.
    package let name, normName: String
    package let kind: Kind
    /// Channels that leave the step.
    package let filters: Int
    package let stride: Int
    /// Zeros on each side.
    package let top, left, bottom, right: Int
    /// What the batch norm adds to the variance.
    package let epsilon: Float
    /// Whether results are brought between 0 and 6.
    package let bends: Bool
    /// The step whose result is added at the end; nil: none.
    package let addend: Int?

    /// Takes zeros on each side.
    package init(
      name: String, normName: String, kind: Kind, filters: Int, stride: Int = 1, top: Int = 0, left: Int = 0,
      bottom: Int = 0, right: Int = 0, epsilon: Float, bends: Bool, addend: Int? = nil
    ) {
      (self.name, self.normName, self.kind) = (name, normName, kind)
      (self.filters, self.stride, self.epsilon) = (filters, stride, epsilon)
      (self.top, self.left, self.bottom, self.right) = (top, left, bottom, right)
      (self.bends, self.addend) = (bends, addend)
    }
  }

  /// The size of a map between two steps.
  package struct MapSize: Sendable, Equatable {
    package let height, width, channels: Int

    package init(height: Int, width: Int, channels: Int) {
      (self.height, self.width, self.channels) = (height, width, channels)
    }

    package var pixels: Int { height * width }
    package var count: Int { height * width * channels }
  }

  /// The picture that goes in.
  package let input: MapSize
  package let steps: [Step]
  /// (steps) what leaves each step.
  package let sizes: [MapSize]

  /// Follows the sizes from step to step, and checks them against what this machine could hold.
  ///
  /// - Throws: `ModelError.badConfig`.
  package init(input: MapSize, steps: [Step]) throws(ModelError) {
    func fail(_ field: String, _ expected: String, _ found: String) -> ModelError {
      .badConfig(file: "topology.json", field: field, expected: expected, found: found)
    }
    for (field, value) in [("height", input.height), ("width", input.width)] where !(1...4096).contains(value) {
      throw fail("the input's \(field)", "1 to 4096", "\(value)")
    }
    guard input.channels == 3 else { throw fail("the input's channels", "3", "\(input.channels)") }
    guard !steps.isEmpty, steps.count <= 1024 else { throw fail("the layers", "1 to 1024 steps", "\(steps.count)") }
    var sizes: [MapSize] = []
    for (index, step) in steps.enumerated() {
      let size = sizes.last ?? input
      for (field, value) in [("filters", step.filters), ("stride", step.stride)] where !(1...1 << 14).contains(value) {
        throw fail("\(step.name).\(field)", "1 to \(1 << 14)", "\(value)")
      }
      guard [step.top, step.left, step.bottom, step.right].allSatisfy({ (0...16).contains($0) }) else {
        throw fail("\(step.name)'s padding", "0 to 16", "another")
      }
      guard step.epsilon.isFinite, step.epsilon > 0 else {
        throw fail("\(step.normName).epsilon", "a positive number", "\(step.epsilon)")
      }
      let next = try Self.next(size, step, fail)
      if let addend = step.addend {
        guard addend >= 0, addend < index, sizes[addend] == next else {
          throw fail("\(step.name)", "an earlier map of the same size to add", "another")
        }
      }
      sizes.append(next)
    }
    (self.input, self.steps, self.sizes) = (input, steps, sizes)
  }

  private static func next(
    _ size: MapSize, _ step: Step, _ fail: (String, String, String) -> ModelError
  ) throws(ModelError) -> MapSize {
    var (height, width) = (size.height, size.width)
    if step.kind == .pointwise {
      guard step.stride == 1, [step.top, step.left, step.bottom, step.right] == [0, 0, 0, 0] else {
        throw fail("\(step.name)", "a 1 × 1 convolution of stride 1 without padding", "another")
      }
    } else {
      (height, width) = (height + step.top + step.bottom, width + step.left + step.right)
      guard height >= 3, width >= 3 else { throw fail("\(step.name)'s input", "3 × 3 or more", "\(height) × \(width)") }
      (height, width) = ((height - 3) / step.stride + 1, (width - 3) / step.stride + 1)
    }
    guard step.kind != .depthwise || step.filters == size.channels else {
      throw fail("\(step.name)", "as many channels as come in, \(size.channels)", "\(step.filters)")
    }
    let next = MapSize(height: height, width: width, channels: step.filters)
    guard next.count <= 1 << 28 else { throw fail("\(step.name)", "a map that fits into memory", "\(next)") }
    return next
  }

  /// Numbers of a feature vector.
  package var dimensions: Int { sizes.last?.channels ?? 0 }

  /// Numbers in the checkpoint.
  package var parameterCount: Int {
    steps.indices.reduce(0) { sum, index in
      let (step, inputs) = (steps[index], inputChannels(index))
      let kernel =
        switch step.kind {
        case .pointwise: inputs * step.filters
        case .depthwise: 9 * step.filters
        case .full: 9 * inputs * step.filters
        }
      return sum + kernel + 4 * step.filters
    }
  }

  func inputSize(_ index: Int) -> MapSize { index == 0 ? input : sizes[index - 1] }
  func inputChannels(_ index: Int) -> Int { inputSize(index).channels }
}
