import Foundation
import Hone
import HoneFiles
import HoneKernels

/// `images MODEL OUT LIST`: LIST names a picture a line. Writes OUT/pixels.npy (pictures, height · width · 3), as the model takes
/// them, and OUT/features.npy; prints pictures a second for the network and for everything from files to vectors.
func images(_ arguments: [String]) throws {
  guard arguments.count == 3 else { throw UsageError(text: "images MODEL OUT LIST") }
  let encoder = try Home().imageEncoder(arguments[0])
  let out = URL(fileURLWithPath: arguments[1], isDirectory: true)
  let lines = try String(contentsOf: URL(fileURLWithPath: arguments[2]), encoding: .utf8)
  let files = lines.split(separator: "\n").map { URL(fileURLWithPath: String($0)) }
  let pictures = try files.map { encoder.numbers(try PixelImage(contentsOf: $0)) }
  let features = encoder.features(pictures)
  for (name, values) in [("pixels", pictures.flatMap(\.self)), ("features", features)] {
    let dimensions = values.count / files.count
    let writer = try VectorFileWriter(
      to: out.appendingPathComponent("\(name).npy"), format: .npy, columns: [], rows: files.count,
      dimensions: dimensions, metadata: [:])
    try writer.write(files.map { _ in [] }, values)
    try writer.finish()
  }
  func rate(_ body: () throws -> Void) rethrows -> [Double] {
    try (0..<5).map { _ in
      let start = ContinuousClock.now
      try body()
      return Double(files.count) / ((ContinuousClock.now - start) / .seconds(1))
    }.sorted()
  }
  let network = rate { _ = encoder.features(pictures) }
  let one = rate { for picture in pictures { _ = encoder.features([picture]) } }
  let whole = try rate { _ = try encoder.embed(files) }
  try printLine([
    "pictures": files.count, "dimensions": encoder.dimensions, "network_per_second": network[2],
    "network_slowest": network[0], "network_fastest": network[4], "one_at_a_time_per_second": one[2],
    "files_per_second": whole[2], "engine": "\(Engine.current.loops)",
  ])
}
