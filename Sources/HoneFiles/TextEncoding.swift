internal import Foundation

/// The bytes as UTF-8, whatever they were: with or without a mark, UTF-16, or the usual Western European code page.
func decodeText(_ bytes: [UInt8], file: String) throws(TableError) -> (text: [UInt8], notes: [String]) {
  for (mark, high) in [([0xFF, 0xFE], 1), ([0xFE, 0xFF], 0)] as [([UInt8], Int)] where bytes.starts(with: mark) {
    guard let text = utf16Text(bytes.dropFirst(2), high: high) else { throw .notText(file: file) }
    return (Array(text.utf8), ["\(file) is in UTF-16; it was read as such"])
  }
  let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
  let zeros = body.count { $0 == 0 }
  if String(validating: body, as: UTF8.self) != nil, zeros <= body.count / 4 { return (Array(body), []) }
  guard zeros == 0, let text = String(data: Data(body), encoding: .windowsCP1252) else { throw .notText(file: file) }
  return (Array(text.utf8), ["\(file) is not UTF-8; it was read as Windows-1252, check letters with accents"])
}

/// Text of two bytes a unit, the upper one first or second (`high` 0 or 1). nil: bytes or surrogates without a partner.
private func utf16Text(_ bytes: ArraySlice<UInt8>, high: Int) -> String? {
  guard bytes.count.isMultiple(of: 2) else { return nil }
  let units = stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).map {
    UInt16(bytes[$0 + high]) << 8 | UInt16(bytes[$0 + 1 - high])
  }
  return String(validating: units, as: UTF16.self)
}

/// The lines between LF, CR LF or CR, the last one even if it is empty.
///
/// A search in bytes: among characters CR LF is one, and an LF before it would not be found.
func textLines(_ text: [UInt8]) -> [String] {
  var lines: [String] = []
  var start = 0
  for place in text.indices where text[place] == 0x0A || text[place] == 0x0D {
    if text[place] == 0x0A, place > 0, text[place - 1] == 0x0D {
      start = place + 1
      continue
    }
    lines.append(String(decoding: text[start..<place], as: UTF8.self))
    start = place + 1
  }
  return lines + [String(decoding: text[start...], as: UTF8.self)]
}
