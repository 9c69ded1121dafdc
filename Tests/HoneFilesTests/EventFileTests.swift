import Foundation
import HoneFiles
import Testing

@Test func crcsAreCastagnolis() {
  // RFC 3720, B.4: the check value, 32 zeros, 32 ones.
  #expect(crc32c(Array("123456789".utf8)) == 0xE306_9283)
  #expect(crc32c([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
  #expect(crc32c([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
  #expect(crc32c([]) == 0)
}

@Test func eventFilesHoldWhatTensorFlowWrites() {
  // tensorflow 2.x: Event(wall_time=1.5, step=300, summary=Summary(value=[Value(tag="loss", simple_value=0.25)]))
  var file = EventFile(wallTime: 1.5)
  file.add("loss", step: 300, 0.25)
  let bytes = [UInt8](file.data)
  let first = [UInt8]([0x09, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F, 0x1A, 13]) + Array("brain.Event:2".utf8)
  let second: [UInt8] =
    [0x09, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F, 0x10, 0xAC, 0x02, 0x2A, 13, 0x0A, 11, 0x0A, 4] + Array("loss".utf8)
    + [0x15, 0, 0, 0x80, 0x3E]
  #expect(bytes.count == 16 + first.count + 16 + second.count)
  #expect(Array(bytes[12..<12 + first.count]) == first)
  #expect(Array(bytes.dropLast(4).suffix(second.count)) == second)
  #expect(bytes[0] == UInt8(first.count) && bytes[16 + first.count] == UInt8(second.count))
}
