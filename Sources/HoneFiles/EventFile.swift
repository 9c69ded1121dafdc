package import Foundation

/// An event file as TensorBoard reads it: one record for each value of a named curve.
///
///     record   length (8 bytes) │ masked CRC of it (4) │ event │ masked CRC of the event (4)
///     event    1: wall time (double)  2: step  3: file version, or 5: summary
///     summary  1: value { 1: tag  2: number (float) }
///
/// Source: TensorFlow's `record_writer` and `event.proto`; the CRC is Castagnoli's.
package struct EventFile: Sendable {
  private var bytes: [UInt8] = []
  private let wallTime: Double

  /// `wallTime`, in seconds since 1970, is written into every event.
  package init(wallTime: Double) {
    self.wallTime = wallTime
    append(event(step: nil) + field(3, Array("brain.Event:2".utf8)))
  }

  /// Adds one point of the curve `tag`.
  package mutating func add(_ tag: String, step: Int, _ value: Double) {
    let number = littleEndian(Float(value).bitPattern)
    let point = field(1, Array(tag.utf8)) + [2 << 3 | 5] + number
    append(event(step: step) + field(5, field(1, point)))
  }

  package var data: Data { Data(bytes) }

  private func event(step: Int?) -> [UInt8] {
    var result: [UInt8] = [1 << 3 | 1] + littleEndian(wallTime.bitPattern)
    if let step { result += [2 << 3 | 0] + varint(UInt64(max(0, step))) }
    return result
  }

  private mutating func append(_ event: [UInt8]) {
    let length = littleEndian(UInt64(event.count))
    bytes += length + littleEndian(masked(crc32c(length))) + event + littleEndian(masked(crc32c(event)))
  }
}

private func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
  [number << 3 | 2] + varint(UInt64(content.count)) + content
}

private func varint(_ value: UInt64) -> [UInt8] {
  var rest = value
  var result: [UInt8] = []
  while rest > 127 {
    result.append(UInt8(truncatingIfNeeded: rest) | 0x80)
    rest >>= 7
  }
  return result + [UInt8(rest)]
}

private func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
}

/// The record format stores CRCs turned and shifted, so that a CRC over CRCs stays useful.
private func masked(_ crc: UInt32) -> UInt32 { (crc >> 15 | crc << 17) &+ 0xA282_EAD8 }

/// CRC-32C (Castagnoli): polynomial 0x1EDC6F41, reflected.
package func crc32c(_ bytes: [UInt8]) -> UInt32 {
  ~bytes.reduce(~0) { crc, byte in
    crcTable[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ crc >> 8
  }
}

private let crcTable: [UInt32] = (0..<256).map { index in
  (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
}
