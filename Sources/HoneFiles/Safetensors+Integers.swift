internal import Foundation

extension Safetensors {
  /// Whether a tensor holds bytes with a sign.
  package func isBytes(_ name: String) -> Bool { entries[name]?.dtype == "I8" }

  /// The values of a tensor of bytes.
  package func bytes(_ name: String) throws(SafetensorsError) -> [Int8] {
    let (file, entry) = try place(of: name)
    guard entry.dtype == "I8" else {
      throw .badTensor(file: file, tensor: name, reason: "expected numbers of I8, found \(entry.dtype)")
    }
    return unsafe parts[entry.part].data.withUnsafeBytes { bytes in
      unsafe Array(UnsafeRawBufferPointer(rebasing: bytes[entry.range]).bindMemory(to: Int8.self))
    }
  }

  /// The values of a tensor of whole numbers, which must fit 32 bits.
  package func integers(_ name: String) throws(SafetensorsError) -> [Int32] {
    let (file, entry) = try place(of: name)
    let widths = ["I8": 1, "U8": 1, "I16": 2, "U16": 2, "I32": 4, "U32": 4, "I64": 8, "U64": 8]
    guard let width = widths[entry.dtype] else {
      throw .badTensor(file: file, tensor: name, reason: "expected whole numbers, found \(entry.dtype)")
    }
    let isSigned = entry.dtype.hasPrefix("I")
    var result: [Int32] = []
    let data = parts[entry.part].data
    let first = data.startIndex + entry.range.lowerBound
    for start in stride(from: first, to: first + entry.range.count, by: width) {
      var value = UInt64(0)
      for byte in (0..<width).reversed() { value = value << 8 | UInt64(data[start + byte]) }
      let shift = UInt64(64 - 8 * width)
      let number = isSigned ? Int64(bitPattern: value << shift) >> Int64(shift) : Int64(clamping: value)
      guard let number = Int32(exactly: number) else {
        throw .badTensor(file: file, tensor: name, reason: "expected numbers of 32 bits, found \(number)")
      }
      result.append(number)
    }
    return result
  }

  private func place(of name: String) throws(SafetensorsError) -> (file: String, entry: Entry) {
    guard let entry = entries[name] else {
      throw .badTensor(file: parts.first?.name ?? "", tensor: name, reason: "is not there")
    }
    return (parts[entry.part].name, entry)
  }
}
