import Foundation
import HoneFiles
import HoneTestSupport
import Testing

/// The bytes of a file with the given header and data.
func safetensorsBytes(_ header: String, data: [UInt8], length: UInt64? = nil) -> [UInt8] {
  let length = length ?? UInt64(header.utf8.count)
  return (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + Array(header.utf8) + data
}

private func littleEndian<Number: FixedWidthInteger>(_ numbers: [Number]) -> [UInt8] {
  numbers.flatMap { number in (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
}

private func floats(_ dtype: String, _ data: [UInt8], count: Int) throws -> [Float] {
  let header = #"{"x":{"dtype":"\#(dtype)","shape":[\#(count)],"data_offsets":[0,\#(data.count)]}}"#
  return try Safetensors(bytes: safetensorsBytes(header, data: data), name: "x").floats("x")
}

private func expectSameBits(_ found: [Float], _ expected: [Float], _ comment: Comment) {
  let differing = zip(found, expected).enumerated().first {
    $1.0.bitPattern != $1.1.bitPattern && !($1.0.isNaN && $1.1.isNaN)
  }
  #expect(found.count == expected.count && differing == nil, comment)
}

@Test func float32IsReadBitForBit() throws {
  var seeded = Seeded(1)
  let bits =
    [0, 0x8000_0000, 1, 0x7F80_0000, 0xFF80_0000, 0x7FC0_0000]
    + (0..<1000).map { _ in UInt32(truncatingIfNeeded: seeded.next()) }
  expectSameBits(try floats("F32", littleEndian(bits), count: bits.count), bits.map { Float(bitPattern: $0) }, "F32")
}

@Test func float64IsRoundedToFloat32() throws {
  let values: [Double] = [0, -0.0, 1, 0.1, .pi, 1e-300, 1e300, -.infinity, .nan, 16_777_217]
  let data = littleEndian(values.map(\.bitPattern))
  expectSameBits(try floats("F64", data, count: values.count), values.map { Float($0) }, "F64")
}

@Test func everyBfloat16IsTheUpperHalfOfAFloat32() throws {
  let bits = (0...UInt16.max).map { $0 }
  let expected = bits.map { Float(bitPattern: UInt32($0) << 16) }
  expectSameBits(try floats("BF16", littleEndian(bits), count: bits.count), expected, "BF16")
}

/// value = (−1)^sign · 2^(exponent − 15) · (1 + fraction / 1024), or · 2^−14 · fraction / 1024 where the exponent is 0.
@Test func everyFloat16IsReadByItsDefinition() throws {
  let bits = (0...UInt16.max).map { $0 }
  let expected = bits.map { half -> Float in
    let (sign, exponent, fraction) = (half >> 15 == 0 ? 1.0 : -1.0, Int(half >> 10 & 31), Double(half & 1023) / 1024)
    if exponent == 31 { return fraction == 0 ? Float(sign) * .infinity : .nan }
    return Float(exponent == 0 ? sign * fraction * pow(2, -14) : sign * (1 + fraction) * pow(2, Double(exponent - 15)))
  }
  expectSameBits(try floats("F16", littleEndian(bits), count: bits.count), expected, "F16")
}

@Test(arguments: ["I64", "I32", "I16", "I8", "U64", "U32", "U16", "U8", "BOOL", "F8_E4M3", "F8_E5M2"])
func otherNumbersAreListedButNotRead(dtype: String) throws {
  let size = dtype.hasSuffix("64") ? 8 : dtype.hasSuffix("32") ? 4 : dtype.hasSuffix("16") ? 2 : 1
  let header = #"{"x":{"dtype":"\#(dtype)","shape":[3],"data_offsets":[0,\#(3 * size)]}}"#
  let file = try Safetensors(bytes: safetensorsBytes(header, data: [UInt8](repeating: 1, count: 3 * size)), name: "x")
  #expect(file.shape(of: "x") == [3])
  #expect(throws: SafetensorsError.self) { try file.floats("x") }
  #expect(throws: SafetensorsError.self) { try file.floats("y") }
}

@Test(arguments: 0..<50 as Range<UInt64>)
func whatIsWrittenAsFloat32IsReadBitForBit(seed: UInt64) throws {
  var seeded = Seeded(seed)
  let tensors = (0..<seeded.number(0...6)).map { index in
    let shape = (0..<seeded.number(0...3)).map { _ in seeded.number(0...5) }
    let values = (0..<shape.reduce(1, *)).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: seeded.next())) }
    return (name: "\(index)\(seeded.text())", shape: shape, values: values)
  }
  let metadata = Dictionary((0..<seeded.number(0...3)).map { _ in (seeded.text(), seeded.text()) }) { $1 }
  try withFolder { folder in
    let url = folder.appendingPathComponent("model.safetensors")
    try Safetensors.write(tensors, metadata: metadata, to: url)
    for file in [try Safetensors(contentsOf: url), try Safetensors.open(folder: folder)] {
      #expect(file.names == tensors.map(\.name) && file.metadata == metadata, "seed \(seed)")
      for tensor in tensors {
        #expect(file.shape(of: tensor.name) == tensor.shape, "seed \(seed)")
        expectSameBits(try file.floats(tensor.name), tensor.values, "seed \(seed)")
      }
    }
    let header = try Data(contentsOf: url).prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(header % 8 == 0, "seed \(seed): the arrays begin at a multiple of 8 bytes")
  }
}

@Test func bfloat16IsWrittenRoundedToTheNearestTiesToEven() throws {
  var seeded = Seeded(2)
  let special: [UInt32] = [
    0x3F80_8000, 0x3F81_8000, 0x3F80_8001, 0x3F80_7FFF, 0x7F7F_FFFF, 0x7F80_0001, 0xFFFF_FFFF, 0x7F80_0000, 1,
  ]
  let values = (special + (0..<5000).map { _ in UInt32(truncatingIfNeeded: seeded.next()) }).map {
    Float(bitPattern: $0)
  }
  let expected = values.map { value -> Float in
    guard value.isFinite else { return value }
    let low = value.bitPattern & 0xFFFF_0000
    let (down, up) = (Double(Float(bitPattern: low)), Double(bfloat16Above(low)))
    let (below, above) = (abs(Double(value) - down), abs(up - Double(value)))
    if below == above { return Float(bitPattern: low >> 16 & 1 == 0 ? low : low &+ 0x1_0000) }
    return Float(bitPattern: below < above ? low : low &+ 0x1_0000)
  }
  try withFolder { folder in
    let url = folder.appendingPathComponent("x")
    try Safetensors.write([("x", [values.count], values)], dtype: .bfloat16, to: url)
    expectSameBits(try Safetensors(contentsOf: url).floats("x"), expected, "BF16")
  }
}

/// The next bfloat16 away from zero; past the largest, what it would be with one exponent more.
private func bfloat16Above(_ bits: UInt32) -> Double {
  let next = Float(bitPattern: bits &+ 0x1_0000)
  return next.isFinite ? Double(next) : (next < 0 ? -1 : 1) * 0x1p128
}
