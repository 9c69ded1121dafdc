import Foundation
import HoneFiles
import HoneTestSupport
import Testing

private func wholeFile(_ seeded: inout Seeded) -> [UInt8] {
  var (members, place) = ([(key: String, value: JSONValue)](), 0)
  for index in 0..<seeded.number(0...3) {
    let (dtype, size) = seeded.pick([("F32", 4), ("F16", 2), ("BF16", 2), ("F64", 8), ("I8", 1)])
    let shape = (0..<seeded.number(0...2)).map { _ in seeded.number(0...3) }
    let end = place + shape.reduce(size, *)
    members.append(
      (
        "t\(index)",
        .object([
          ("dtype", .string(dtype)), ("shape", .array(shape.map { .number("\($0)") })),
          ("data_offsets", .array([.number("\(place)"), .number("\(end)")])),
        ])
      ))
    place = end
  }
  return safetensorsBytes(JSONValue.object(members).text, data: seeded.bytes(place))
}

private let pieces = [
  "\"F64\"", "\"BF16\"", "9223372036854775807", "-1", "0", "4", "16", "[", "]", "{", "}", ",", ":", "\"t0\"", "null",
  "1e9",
  "\"__metadata__\":{}", "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{1}",
]

/// A damaged file is refused, or every array that it lists has as many values as its shape says.
/// Half of the damage keeps the first eight bytes true, so that it reaches the header.
@Test func damagedSafetensorsNeverTrapNorFillTheMemory() async {
  await #expect(processExitsWith: .success) {
    limitMemory(bytes: 512 << 20)
    var accepted = 0
    for seed in 0..<mutationCount {
      var seeded = Seeded(seed)
      var bytes = seeded.damaged(wholeFile(&seeded), pieces: pieces)
      if seed % 2 == 0, bytes.count >= 8, let end = bytes[8...].lastIndex(of: UInt8(ascii: "}")) {
        bytes.replaceSubrange(..<8, with: safetensorsBytes("", data: [], length: UInt64(end - 7)))
      }
      guard let file = try? Safetensors(bytes: bytes, name: "file") else { continue }
      accepted += 1
      for name in file.names {
        let count = file.shape(of: name)?.reduce(1, *) ?? -1
        guard let values = try? file.floats(name) else { continue }
        #expect(values.count == count && count <= bytes.count, "seed \(seed)")
      }
    }
    #expect(accepted > 20, "too few of the damaged files are whole enough to be read: \(accepted)")
  }
}
