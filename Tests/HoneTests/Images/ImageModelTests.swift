import Foundation
import Hone
import HoneFiles
import HoneTestSupport
import Testing

private func golden(_ name: String) throws -> URL {
  try #require(Bundle.module.url(forResource: "Golden", withExtension: nil)).appending(path: name)
}

private func largestDifference(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Float {
  a.count == b.count ? zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
}

private struct Expected: Decodable {
  let texts: [String]
  let pictures: [[Int]]
}

private let clips = ["clip", "clip-old-end"]

@Test(arguments: clips)
func picturesHaveTheFeaturesOfTransformers(name: String) throws {
  let folder = try golden(name)
  let encoder = try Home().imageEncoder(folder.path)
  let expected = try JSONDecoder().decode(
    Expected.self, from: Data(contentsOf: folder.appending(path: "expected.json")))
  let tensors = try Safetensors(contentsOf: folder.appending(path: "expected.safetensors"))
  let pictures = expected.pictures.map { encoder.numbers(testPicture(width: $0[0], height: $0[1])) }
  for (index, numbers) in pictures.enumerated() {
    #expect(largestDifference(numbers, try tensors.floats("pixels.\(index)")) < 1e-5, "pixels of \(index)")
    let wanted = try tensors.floats("image.\(index)")
    #expect(largestDifference(encoder.features([numbers]), wanted) < 1e-4, "picture \(index)")
  }
  // Alone or together, the same bits.
  #expect(encoder.features(pictures) == pictures.flatMap { encoder.features([$0]) })
}

@Test(arguments: clips)
func textsHaveTheFeaturesOfTransformers(name: String) throws {
  let folder = try golden(name)
  let encoder = try Home().imageEncoder(folder.path)
  #expect(encoder.readsText && encoder.dimensions == 20)
  let expected = try JSONDecoder().decode(
    Expected.self, from: Data(contentsOf: folder.appending(path: "expected.json")))
  let tensors = try Safetensors(contentsOf: folder.appending(path: "expected.safetensors"))
  let found = try encoder.features(texts: expected.texts)
  for index in expected.texts.indices {
    let row = found[index * encoder.dimensions..<(index + 1) * encoder.dimensions]
    #expect(largestDifference(row, try tensors.floats("text.\(index)")) < 1e-4, "text \(index)")
  }
  for vector in try encoder.embed(texts: expected.texts) {
    #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
  }
}

/// The weights beside the package, where they are.
private let mobileNet = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("../shared/models/mobilenet_v2_035")
  .standardizedFileURL
private let hasMobileNet = FileManager.default.fileExists(atPath: mobileNet.path)

@Test(.enabled(if: hasMobileNet, "../shared/models/mobilenet_v2_035 is not here"))
func mobileNetHasTheFeaturesOfTorchAndKeras() throws {
  let encoder = try Home().imageEncoder(mobileNet.path)
  #expect(encoder.dimensions == 1280 && !encoder.readsText)
  let first = testPicture(width: 224, height: 224)
  var turned: [UInt8] = []
  for row in (0..<224).reversed() {
    for place in 0..<672 { turned.append(first.pixels[row * 672 + place / 3 * 3 + 2 - place % 3]) }
  }
  let pictures = [
    first, PixelImage(width: 224, height: 224, pixels: turned),
    PixelImage(width: 224, height: 224, pixels: [UInt8](repeating: 99, count: 224 * 672)),
  ]
  let found = encoder.features(pictures.map { encoder.numbers($0) })
  let expected = try Safetensors(contentsOf: golden("mobilenet/expected.safetensors")).floats("features")
  #expect(largestDifference(found, expected) < 1e-4)
  #expect(encoder.features([encoder.numbers(pictures[1])]) == Array(found[1280..<2560]))
}

@Test func aModelOfPicturesThatKnowsNoTextSaysSo() throws {
  guard hasMobileNet else { return }
  let encoder = try Home().imageEncoder(mobileNet.path)
  #expect(throws: HoneError.self) { try encoder.embed(texts: ["a rose"]) }
}

/// A network of a few layers as a topology.json, with one thing changed.
private func topology(_ old: String = "", _ new: String = "") -> String {
  let text = #"""
    {"class_name": "Model", "config": {"name": "m", "layers": [
    {"name": "in", "class_name": "InputLayer", "config": {"batch_input_shape": [null, 8, 8, 3], "name": "in"}, "inbound_nodes": []},
    {"name": "a", "class_name": "Conv2D", "config": {"filters": 4, "kernel_size": [3, 3], "strides": [2, 2], "padding": "same",
     "data_format": "channels_last", "activation": "linear", "use_bias": false, "name": "a"}, "inbound_nodes": [[["in", 0, 0, {}]]]},
    {"name": "an", "class_name": "BatchNormalization", "config": {"epsilon": 0.001, "name": "an"}, "inbound_nodes": [[["a", 0, 0, {}]]]},
    {"name": "b", "class_name": "Conv2D", "config": {"filters": 4, "kernel_size": [1, 1], "strides": [1, 1], "padding": "same",
     "use_bias": false, "name": "b"}, "inbound_nodes": [[["an", 0, 0, {}]]]},
    {"name": "bn", "class_name": "BatchNormalization", "config": {"epsilon": 0.001, "name": "bn"}, "inbound_nodes": [[["b", 0, 0, {}]]]},
    {"name": "s", "class_name": "Add", "config": {"name": "s"}, "inbound_nodes": [[["an", 0, 0, {}], ["bn", 0, 0, {}]]]}]}}
    """#
  return old.isEmpty ? text : text.replacingOccurrences(of: old, with: new)
}

/// A folder with that network and random weights.
private func makeNetwork(_ text: String, in folder: URL) throws {
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  try Data(text.utf8).write(to: folder.appendingPathComponent("topology.json"))
  var random = Seeded(4)
  var tensors: [(name: String, shape: [Int], values: [Float])] = []
  for (name, shape) in [("a", [3, 3, 3, 4]), ("b", [1, 1, 4, 4])] {
    tensors.append(("\(name)/kernel", shape, random.values(shape.reduce(1, *))))
    for part in ["gamma", "beta", "moving_mean", "moving_variance"] {
      tensors.append(("\(name)n/\(part)", [4], random.values(4).map { abs($0) + 0.1 }))
    }
  }
  try Safetensors.write(tensors, to: folder.appendingPathComponent("weights.safetensors"))
}

@Test func aNetworkOfOtherLayersIsRefusedByName() throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let folder = bench.folder.appendingPathComponent("net")
  try makeNetwork(topology(), in: folder)
  #expect(try bench.home.imageEncoder(folder.path).dimensions == 4)
  let changes = [
    ("\"kernel_size\": [3, 3]", "\"kernel_size\": [5, 5]", "5"), ("\"linear\"", "\"tanh\"", "activation"),
    ("\"use_bias\": false, \"name\": \"b\"", "\"use_bias\": true, \"name\": \"b\"", "use_bias"),
    ("\"Add\"", "\"Concatenate\"", "Concatenate"), ("8, 8, 3", "8, 8, 1", "channels"), ("8, 8, 3", "0, 8, 3", "0"),
    ("[[[\"an\", 0, 0, {}]]]", "[[[\"in\", 0, 0, {}]]]", "in"), ("0.001", "-1", "epsilon"),
    ("\"filters\": 4", "\"filters\": 99999999", "filters"), ("\"filters\": 4", "\"filters\": 5", "shape"),
    ("{\"class_name\"", "", "JSON"),
  ]
  for (old, new, word) in changes {
    try makeNetwork(topology(old, new), in: folder)
    do {
      _ = try bench.home.imageEncoder(folder.path)
      Issue.record("\(new) was taken")
    } catch {
      #expect(describe(error).contains(word), "\(new): \(describe(error))")
    }
  }
}

@Test func damagedTopologiesNeverTrap() throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let folder = bench.folder.appendingPathComponent("net")
  let whole = Array(topology().utf8)
  for seed in 0..<(runsEverything ? 5_000 : 300) {
    var seeded = Seeded(seed)
    var bytes = whole
    for _ in 0..<seeded.number(1...3) {
      bytes[seeded.number(0...bytes.count - 1)] = seeded.pick(Array("0123456789-,[]{}\"ae".utf8))
    }
    try makeNetwork(String(decoding: bytes, as: UTF8.self), in: folder)
    guard let encoder = try? bench.home.imageEncoder(folder.path) else { continue }
    #expect(encoder.vectors([encoder.numbers(testPicture(width: 9, height: 7))])[0].count == encoder.dimensions)
  }
}
