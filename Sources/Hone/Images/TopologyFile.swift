internal import HoneFiles
internal import HoneModels

/// `topology.json`: the layers of a Keras model, as TensorFlow.js writes them.
///
/// Read are networks whose layers are convolutions of 1 × 1 and 3 × 3 with a batch norm after each, ReLU6, padding with
/// zeros, and sums: the MobileNets.
enum TopologyFile {
  static let name = "topology.json"

  /// - Throws: `HoneError` for layers of another kind, `ModelError` for sizes that cannot be.
  static func decode(_ bytes: [UInt8]) throws -> MobileNetConfig {
    let document: JSONValue
    do {
      document = try JSONValue(parsing: bytes)
    } catch {
      throw fail("JSON", "\(error)")
    }
    let layers = flat(document["model_config"] ?? document)
    guard !layers.isEmpty else { throw fail("a list of layers", "none") }
    var reader = TopologyReader()
    for layer in layers { try reader.read(layer) }
    return try reader.config()
  }

  /// The layers in their order, those of models inside the model too.
  private static func flat(_ model: JSONValue) -> [JSONValue] {
    let layers = model["config"]?["layers"]?.array ?? model["config"]?.array ?? []
    return layers.flatMap { layer in
      ["Model", "Functional", "Sequential"].contains(layer["class_name"]?.string) ? flat(layer) : [layer]
    }
  }

  static func fail(_ expected: String, _ found: String) -> HoneError {
    HoneError(
      "topology.json: expected \(expected), found \(found)",
      remedy: "Hone reads MobileNets (convolutions of 1 × 1 and 3 × 3, batch norms, ReLU6, sums); choose one of these")
  }
}

/// Puts layers together to steps.
private struct TopologyReader {
  private var input: MobileNetConfig.MapSize?
  private var steps: [MobileNetConfig.Step] = []
  private var place: [String: Int] = [:]  // the step that a layer's result is; −1: the input
  private var current: MobileNetConfig.MapSize?  // what leaves the last step
  private var padding: (top: Int, left: Int, bottom: Int, right: Int)?
  private var paddingName = ""
  private var waiting: JSONValue?  // a convolution whose norm has not come yet
  private var isPooled = false

  private static let known: Set<String> = [
    "InputLayer", "ZeroPadding2D", "Conv2D", "DepthwiseConv2D", "BatchNormalization", "ReLU", "Activation", "Add",
    "Dropout", "GlobalAveragePooling2D",
  ]

  mutating func read(_ layer: JSONValue) throws {
    let config = layer["config"] ?? .null
    let name = config["name"]?.string ?? layer["name"]?.string ?? ""
    let sources = layer["inbound_nodes"]?.array?.first?.array?.compactMap { $0.array?.first?.string } ?? []
    let type = layer["class_name"]?.string ?? "nothing"
    guard Self.known.contains(type) else {
      throw TopologyFile.fail("a layer that is known", "\(name) of the kind \(type)")
    }
    if waiting != nil, type != "BatchNormalization" { throw TopologyFile.fail("a batch norm after \(last)", type) }
    guard !isPooled || type == "Dropout" else { throw TopologyFile.fail("no layer after the pooling", type) }
    // All but sums go on from the layer before.
    if type != "Add", type != "InputLayer", let source = sources.first {
      let isNext = waiting.map { $0["config"]?["name"]?.string == source } ?? (place[source] == steps.count - 1)
      guard isNext else {
        throw TopologyFile.fail("\(name) after the layer before it", "it after \(source)")
      }
    }
    if padding != nil, waiting == nil, sources.first != paddingName {
      throw TopologyFile.fail("a convolution after \(paddingName)", "\(name)")
    }
    switch type {
    case "InputLayer": try readInput(config)
    case "ZeroPadding2D": try readPadding(config, name)
    case "Conv2D", "DepthwiseConv2D":
      waiting = layer
      return
    case "BatchNormalization": try finish(norm: config, name: name)
    case "ReLU": try bend(config)
    case "Activation" where config["activation"]?.string == "relu6": try bendLast()
    case "Add": try add(sources, name)
    case "Dropout": break
    case "GlobalAveragePooling2D": isPooled = true
    default: throw TopologyFile.fail("a layer that is known", "\(name) of the kind \(type)")
    }
    place[name] = steps.count - 1
  }

  private var last: String { steps.last?.name ?? "the input" }

  private mutating func readInput(_ config: JSONValue) throws {
    let shape = config["batch_input_shape"]?.array?.map(\.integer) ?? []
    guard shape.count == 4, let height = shape[1], let width = shape[2], let channels = shape[3] else {
      throw TopologyFile.fail("an input of (height, width, 3)", config["batch_input_shape"]?.text ?? "none")
    }
    let size = MobileNetConfig.MapSize(height: height, width: width, channels: channels)
    // Checked here too, for what follows computes with it.
    guard (1...4096).contains(height), (1...4096).contains(width) else {
      throw TopologyFile.fail("an input of 1 to 4096 rows and columns", "\(height) × \(width)")
    }
    (input, current) = (size, size)
  }

  private mutating func readPadding(_ config: JSONValue, _ name: String) throws {
    let sides = config["padding"]?.array?.compactMap { $0.array?.compactMap(\.integer) } ?? []
    guard sides.count == 2, sides.allSatisfy({ $0.count == 2 && $0.allSatisfy { (0...16).contains($0) } }) else {
      throw TopologyFile.fail("\(name)'s padding as two pairs from 0 to 16", config["padding"]?.text ?? "none")
    }
    guard padding == nil else { throw TopologyFile.fail("one padding before a convolution", "two") }
    (padding, paddingName) = ((sides[0][0], sides[1][0], sides[0][1], sides[1][1]), name)
  }

  private mutating func finish(norm: JSONValue, name normName: String) throws {
    guard let layer = waiting, let size = current else {
      throw TopologyFile.fail("\(normName) after a convolution", "it elsewhere")
    }
    waiting = nil
    let config = layer["config"] ?? .null
    let name = config["name"]?.string ?? ""
    func pair(_ field: String) throws -> Int {
      let values = config[field]?.array?.compactMap(\.integer) ?? []
      guard values.count == 2, values[0] == values[1], (1...16).contains(values[0]) else {
        throw TopologyFile.fail("\(name).\(field) as two equal numbers from 1", config[field]?.text ?? "none")
      }
      return values[0]
    }
    let (kernel, stride) = (try pair("kernel_size"), try pair("strides"))
    let isDepthwise = layer["class_name"]?.string == "DepthwiseConv2D"
    try check(config, name)
    guard kernel == 3 || kernel == 1 && !isDepthwise else {
      throw TopologyFile.fail("\(name) with a window of 1 × 1 or 3 × 3", "\(kernel) × \(kernel)")
    }
    let sides = try sides(config, name, kernel: kernel, stride: stride, size)
    guard let epsilon = norm["epsilon"].flatMap({ Float($0.text) }) else {
      throw TopologyFile.fail("\(normName).epsilon", "none")
    }
    let step = MobileNetConfig.Step(
      name: name, normName: normName, kind: isDepthwise ? .depthwise : kernel == 1 ? .pointwise : .full,
      filters: isDepthwise ? size.channels : config["filters"]?.integer ?? 0, stride: stride, top: sides.top,
      left: sides.left, bottom: sides.bottom, right: sides.right, epsilon: epsilon, bends: false)
    try append(step)
    place[name] = steps.count - 1
  }

  /// What would give other numbers is refused.
  private func check(_ config: JSONValue, _ name: String) throws {
    let expected: [(String, [String])] = [
      ("data_format", ["channels_last"]), ("activation", ["linear"]), ("depth_multiplier", ["1"]),
      ("use_bias", ["false"]), ("dilation_rate", ["[1,1]", "[1, 1]"]), ("groups", ["1"]),
    ]
    for (field, wanted) in expected {
      guard let value = config[field], value != .null else { continue }
      guard wanted.contains(value.string ?? value.text) else {
        throw TopologyFile.fail("\(name).\(field) to be \(wanted[0])", value.text)
      }
    }
  }

  /// Zeros on each side: those of the layer before, or as many as `same` needs, the odd one at the bottom and right.
  private mutating func sides(
    _ config: JSONValue, _ name: String, kernel: Int, stride: Int, _ size: MobileNetConfig.MapSize
  ) throws -> (top: Int, left: Int, bottom: Int, right: Int) {
    let before = padding
    padding = nil
    switch config["padding"]?.string {
    case "valid": return before ?? (0, 0, 0, 0)
    case "same":
      guard before == nil else { throw TopologyFile.fail("\(name) without other padding before it", "both") }
      func zeros(_ count: Int) -> Int { max(0, ((count + stride - 1) / stride - 1) * stride + kernel - count) }
      let (down, across) = (zeros(size.height), zeros(size.width))
      return (down / 2, across / 2, down - down / 2, across - across / 2)
    default: throw TopologyFile.fail("\(name).padding to be same or valid", config["padding"]?.text ?? "nothing")
    }
  }

  private mutating func append(_ step: MobileNetConfig.Step) throws {
    guard let input else { throw TopologyFile.fail("an input layer first", "none") }
    steps.append(step)
    current = try MobileNetConfig(input: input, steps: steps).sizes.last
  }

  private mutating func bend(_ config: JSONValue) throws {
    guard config["max_value"].flatMap({ Float($0.text) }) == 6 else {
      throw TopologyFile.fail("a ReLU up to 6", config["max_value"]?.text ?? "one without an end")
    }
    try bendLast()
  }

  private mutating func bendLast() throws {
    guard let step = steps.last, step.addend == nil else {
      throw TopologyFile.fail("a ReLU after a batch norm", "it elsewhere")
    }
    replaceLast { $0.with(bends: true) }
  }

  private mutating func add(_ sources: [String], _ name: String) throws {
    let places = sources.compactMap { place[$0] }.sorted()
    guard sources.count == 2, places.count == 2, places[1] == steps.count - 1, places[0] >= 0, places[0] < places[1],
      steps[places[1]].addend == nil, !steps[places[1]].bends
    else { throw TopologyFile.fail("\(name) to add the layer before it and an earlier one", "others") }
    replaceLast { $0.with(addend: places[0]) }
  }

  private mutating func replaceLast(_ change: (MobileNetConfig.Step) -> MobileNetConfig.Step) {
    guard let step = steps.popLast() else { return }
    steps.append(change(step))
  }

  func config() throws -> MobileNetConfig {
    guard waiting == nil, let input else {
      throw TopologyFile.fail("an input, and a norm after each convolution", "less")
    }
    return try MobileNetConfig(input: input, steps: steps)
  }
}

extension MobileNetConfig.Step {
  fileprivate func with(bends: Bool? = nil, addend: Int? = nil) -> Self {
    Self(
      name: name, normName: normName, kind: kind, filters: filters, stride: stride, top: top, left: left,
      bottom: bottom, right: right, epsilon: epsilon, bends: bends ?? self.bends, addend: addend ?? self.addend)
  }
}
