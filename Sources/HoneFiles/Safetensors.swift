package import Foundation

/// Why a file is not a safetensors file, as facts.
package enum SafetensorsError: Error, Equatable, Sendable {
  case unreadable(file: String, reason: String)
  case truncated(file: String, expected: Int, found: Int)
  case badHeader(file: String, reason: String)
  case badTensor(file: String, tensor: String, reason: String)
}

extension SafetensorsError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "\(file): expected a file of weights, found none (\(reason)); check the path"
    case .truncated(let file, let expected, let found):
      "\(file): expected \(expected) bytes, found \(found); "
        + (found < expected ? "the file is cut short, get it again" : "more follows the arrays, get the file again")
    case .badHeader(let file, let reason):
      "\(file): expected a safetensors header, found \(reason); get the file again"
    case .badTensor(let file, let tensor, let reason):
      "\(file): tensor '\(tensor)': \(reason); get the file again"
    }
  }
}

/// Named arrays in one file, or in several that an index names.
///
///     8 bytes      n bytes                      the rest
///     n, little-   {"name": {"dtype": "F32",    the arrays, end to end,
///     endian       "shape": [2, 3],             at the places that
///                  "data_offsets": [0, 24]}}    data_offsets give
///
/// In Python: `n = int.from_bytes(f.read(8), "little"); header = json.loads(f.read(n))`.
package struct Safetensors: Sendable {
  /// The number formats that can be read; the first and third can be written.
  package enum DType: String, Sendable {
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case float64 = "F64"

    var bytes: Int {
      switch self {
      case .float16, .bfloat16: 2
      case .float32: 4
      case .float64: 8
      }
    }
  }

  struct Entry: Sendable {
    let dtype: String
    let shape: [Int]
    let range: Range<Int>  // in the part's bytes
    let part: Int
  }

  var parts: [(name: String, data: Data)] = []
  var entries: [String: Entry] = [:]
  package private(set) var names: [String] = []
  package private(set) var metadata: [String: String] = [:]

  /// Maps a file. Nothing is copied until a tensor is asked for.
  package init(contentsOf url: URL) throws(SafetensorsError) {
    try add(try Self.map(url), name: url.lastPathComponent)
  }

  /// Reads a file that is in memory already.
  package init(bytes: [UInt8], name: String) throws(SafetensorsError) { try add(Data(bytes), name: name) }

  package init(data: Data, name: String) throws(SafetensorsError) { try add(data, name: name) }

  /// `model.safetensors` of a folder, or all the files that `model.safetensors.index.json` names.
  package static func open(folder: URL) throws(SafetensorsError) -> Safetensors {
    let index = folder.appendingPathComponent("model.safetensors.index.json")
    guard FileManager.default.fileExists(atPath: index.path) else {
      return try Safetensors(contentsOf: folder.appendingPathComponent("model.safetensors"))
    }
    var result = Safetensors()
    for name in try shardNames(index) { try result.add(try map(folder.appendingPathComponent(name)), name: name) }
    return result
  }

  private init() {}

  package func shape(of name: String) -> [Int]? { entries[name]?.shape }

  /// The values of a tensor as float32.
  package func floats(_ name: String) throws(SafetensorsError) -> [Float] {
    guard let entry = entries[name] else {
      throw .badTensor(file: parts.first?.name ?? "", tensor: name, reason: "is not there")
    }
    let part = parts[entry.part]
    guard let dtype = DType(rawValue: entry.dtype) else {
      throw .badTensor(
        file: part.name, tensor: name, reason: "expected numbers of F32, F16, BF16 or F64, found \(entry.dtype)")
    }
    return unsafe part.data.withUnsafeBytes { bytes in
      unsafe convert(UnsafeRawBufferPointer(rebasing: bytes[entry.range]), dtype)
    }
  }

  private static func map(_ url: URL) throws(SafetensorsError) -> Data {
    do {
      return try Data(contentsOf: url, options: .alwaysMapped)
    } catch {
      throw .unreadable(file: url.lastPathComponent, reason: error.localizedDescription)
    }
  }

  private static func shardNames(_ index: URL) throws(SafetensorsError) -> [String] {
    let file = index.lastPathComponent
    guard let value = try? JSONValue(parsing: [UInt8](map(index))), case .object(let map)? = value["weight_map"] else {
      throw .badHeader(file: file, reason: "no object 'weight_map'")
    }
    var names: Set<String> = []
    for (_, shard) in map {
      guard let name = shard.string, isPlainName(name) else {
        throw .badHeader(file: file, reason: "a name that is not that of a file in the same folder")
      }
      names.insert(name)
    }
    return names.sorted()
  }

  /// Whether a name is that of a file in the folder at hand, byte by byte: a slash under an accent is a slash.
  private static func isPlainName(_ name: String) -> Bool {
    guard let first = name.utf8.first, first != UInt8(ascii: ".") else { return false }
    return !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 == 0 }
  }

  private mutating func add(_ data: Data, name: String) throws(SafetensorsError) {
    let header = try SafetensorsHeader(data, file: name)
    for (tensor, entry) in header.tensors {
      guard entries[tensor] == nil else { throw .badTensor(file: name, tensor: tensor, reason: "is there twice") }
      entries[tensor] = Entry(dtype: entry.dtype, shape: entry.shape, range: entry.range, part: parts.count)
      names.append(tensor)
    }
    metadata.merge(header.metadata) { _, new in new }
    parts.append((name, data))
  }
}

/// Numbers of any format as float32.
func convert(_ bytes: UnsafeRawBufferPointer, _ dtype: Safetensors.DType) -> [Float] {
  let count = bytes.count / dtype.bytes
  return unsafe [Float](unsafeUninitializedCapacity: count) { result, filled in
    for i in 0..<count {
      switch dtype {
      case .float32: unsafe result[i] = Float(bitPattern: load(bytes, i))
      case .float64: unsafe result[i] = Float(Double(bitPattern: load(bytes, i)))
      case .bfloat16: unsafe result[i] = Float(bitPattern: UInt32(load(bytes, i) as UInt16) << 16)
      case .float16: unsafe result[i] = halfToFloat(load(bytes, i))
      }
    }
    filled = count
  }
}

private func load<Bits: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Bits {
  Bits(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self))
}

/// A number of 1 sign, 5 exponent and 10 fraction bits.
private func halfToFloat(_ half: UInt16) -> Float {
  let sign = UInt32(half & 0x8000) << 16
  let exponent = UInt32(half >> 10 & 31)
  let fraction = UInt32(half & 0x3FF)
  if exponent == 31 { return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13) }
  if exponent == 0 { return (sign == 0 ? 1 : -1) * Float(fraction) * 0x1p-24 }
  return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
}
