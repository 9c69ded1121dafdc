/// Rows as JSON Lines: `{"prompt":…,"completion":…}` without spaces, each line ended by a line feed.
///
/// Characters beyond ASCII stay as they are; `/` is written `\/`, control characters `\b \f \n \r \t` or `\u00xx`.
package func jsonLines(_ examples: some Sequence<Example>) -> [UInt8] {
  var out: [UInt8] = []
  for example in examples {
    out.append(contentsOf: #"{"prompt":"#.utf8)
    append(jsonString: example.prompt, to: &out)
    out.append(contentsOf: #","completion":"#.utf8)
    append(jsonString: example.completion, to: &out)
    out.append(contentsOf: "}\n".utf8)
  }
  return out
}

private func append(jsonString text: [UInt8], to out: inout [UInt8]) {
  out.append(UInt8(ascii: "\""))
  for byte in text {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out += [UInt8(ascii: "\\"), byte]
    case 0x08: out.append(contentsOf: "\\b".utf8)
    case 0x09: out.append(contentsOf: "\\t".utf8)
    case 0x0a: out.append(contentsOf: "\\n".utf8)
    case 0x0c: out.append(contentsOf: "\\f".utf8)
    case 0x0d: out.append(contentsOf: "\\r".utf8)
    case 0..<0x20:
      out.append(contentsOf: byte < 0x10 ? "\\u000".utf8 : "\\u001".utf8)
      out.append(hexDigit(byte & 15))
    default: out.append(byte)
    }
  }
  out.append(UInt8(ascii: "\""))
}

private func hexDigit(_ value: UInt8) -> UInt8 {
  value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}
