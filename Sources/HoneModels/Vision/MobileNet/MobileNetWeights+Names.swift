/// The numbers of a network with its batch norms folded into the convolutions before them.
package struct MobileNetWeights: Sendable, Equatable {
  /// One step: a convolution with a bias.
  package struct Step: Sendable, Equatable {
    /// (inputs, filters), (3, 3, channels) or (3, 3, inputs, filters), as the kind of the step says.
    package let kernel: [Float]
    package let bias: [Float]  // (filters)
  }

  package let steps: [Step]

  /// Reads every tensor of a checkpoint by name; this file is the only place that knows the names.
  ///
  /// Formula: with s = gamma / √(variance + epsilon): kernel · s, and beta − mean · s as bias.
  /// `tensor` gives shape and values for a name, or nil where the checkpoint has none of that name.
  /// Source: the names of TensorFlow.js, kernels in the order height, width, in, out.
  /// - Throws: `ModelError`, or what `tensor` throws.
  package init(
    config: MobileNetConfig, reading tensor: (String) throws -> (shape: [Int], values: [Float])?
  ) throws {
    func values(_ name: String, _ shape: [Int]) throws -> [Float] {
      guard let found = try tensor(name) else { throw ModelError.missingTensor(name: name, shape: shape) }
      guard found.shape == shape, found.values.count == shape.reduce(1, *) else {
        throw ModelError.wrongShape(name: name, expected: shape, found: found.shape)
      }
      guard found.values.allSatisfy(\.isFinite) else { throw ModelError.notFinite(name: name) }
      return found.values
    }
    steps = try config.steps.enumerated().map { index, step in
      let (inputs, filters) = (config.inputChannels(index), step.filters)
      func norm(_ part: String) throws -> [Float] { try values("\(step.normName)/\(part)", [filters]) }
      var kernel =
        switch step.kind {
        case .pointwise: try values("\(step.name)/kernel", [1, 1, inputs, filters])
        case .full: try values("\(step.name)/kernel", [3, 3, inputs, filters])
        case .depthwise: try values("\(step.name)/depthwise_kernel", [3, 3, filters, 1])
        }
      let (gamma, beta) = (try norm("gamma"), try norm("beta"))
      let (mean, variance) = (try norm("moving_mean"), try norm("moving_variance"))
      // In Float64, for the two terms of a bias may be large and nearly equal.
      let scale = zip(gamma, variance).map { Double($0) / (Double($1) + Double(step.epsilon)).squareRoot() }
      for i in kernel.indices { kernel[i] = Float(Double(kernel[i]) * scale[i % filters]) }
      let bias = (0..<filters).map { Float(Double(beta[$0]) - Double(mean[$0]) * scale[$0]) }
      guard bias.allSatisfy(\.isFinite), kernel.allSatisfy(\.isFinite) else {
        throw ModelError.notFinite(name: "\(step.normName)/moving_variance")
      }
      return Step(kernel: kernel, bias: bias)
    }
  }
}
