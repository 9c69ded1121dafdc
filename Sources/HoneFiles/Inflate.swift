internal import CZlib

/// Bytes that unpacked text may have at most.
let unpackedLimit = 1 << 30

/// Unpacks gzip, of one member or of several in a row; zeros at the end are filling.
func gunzip(_ bytes: [UInt8], file: String) throws(TableError) -> [UInt8] {
  guard let result = try inflate(bytes[...], windowBits: 31, file: file) else {
    throw .unreadable(file: file, reason: "it is not whole gzip data")
  }
  return result
}

/// Unpacks a deflate stream; `windowBits` as zlib takes them (31 for gzip, −15 for none). nil: not whole.
func inflate(_ bytes: ArraySlice<UInt8>, windowBits: Int32, file: String) throws(TableError) -> [UInt8]? {
  var stream = unsafe z_stream()
  guard unsafe inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
    return nil
  }
  defer { unsafe inflateEnd(&stream) }
  var input = Array(bytes)
  var result: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  let status = unsafe input.withUnsafeMutableBufferPointer { input -> Int32 in
    unsafe stream.next_in = input.baseAddress
    unsafe stream.avail_in = UInt32(clamping: input.count)
    var status = Z_OK
    while status == Z_OK, result.count <= unpackedLimit {
      status = unsafe chunk.withUnsafeMutableBufferPointer { chunk in
        unsafe stream.next_out = chunk.baseAddress
        unsafe stream.avail_out = UInt32(chunk.count)
        let status = unsafe inflate(&stream, Z_NO_FLUSH)
        unsafe result.append(contentsOf: chunk[..<(chunk.count - Int(stream.avail_out))])
        return status
      }
      let rest = unsafe input.suffix(Int(stream.avail_in))
      if status == Z_STREAM_END, windowBits == 31, unsafe rest.contains(where: { $0 != 0 }) {
        status = unsafe inflateReset(&stream)
      }
    }
    return status
  }
  guard result.count <= unpackedLimit else { throw .tooLarge(file: file, limit: unpackedLimit) }
  return status == Z_STREAM_END ? result : nil
}
