/// A number of a JSON document as the Hugging Face library reads it; nil where it is too large.
///
/// All digits are gathered into one integer of 64 bits, and that is multiplied or divided by a power of ten: the last
/// bit may differ from the nearest number, and pieces that are equally likely there must be so here.
/// Source: serde_json without its feature `float_roundtrip`.
package func referenceNumber(_ text: String) -> Double? {
  var (digits, exponent) = (UInt64(0), 0)
  var (isNegative, isFraction, isFull) = (false, false, false)
  var bytes = text.utf8[...]
  if bytes.first == UInt8(ascii: "-") {
    isNegative = true
    bytes.removeFirst()
  }
  while let byte = bytes.popFirst() {
    switch byte {
    case UInt8(ascii: "."): isFraction = true
    case UInt8(ascii: "e"), UInt8(ascii: "E"):
      let isPlus = bytes.first == UInt8(ascii: "+")
      // A number of digits that no Int holds is as good as any that no Double holds.
      let power = Int(isPlus ? String(bytes.dropFirst()) ?? "" : String(bytes) ?? "")
      exponent += min(max(power ?? (bytes.first == UInt8(ascii: "-") ? -100_000 : 100_000), -100_000), 100_000)
      bytes = bytes.suffix(0)
    default:
      let digit = UInt64(byte & 15)
      let (tens, overflows) = digits.multipliedReportingOverflow(by: 10)
      let (sum, carries) = tens.addingReportingOverflow(digit)
      if isFull || overflows || carries {
        // Once full, further digits before the point count as zeros, and those behind it not at all.
        isFull = true
        if !isFraction { exponent += 1 }
      } else {
        digits = sum
        if isFraction { exponent -= 1 }
      }
    }
  }
  guard let value = scaled(Double(digits), by: exponent) else { return nil }
  return isNegative ? -value : value
}

private func scaled(_ digits: Double, by exponent: Int) -> Double? {
  var (value, exponent) = (digits, exponent)
  while value != 0 {
    if exponent.magnitude < powersOfTen.count {
      value = exponent < 0 ? value / powersOfTen[-exponent] : value * powersOfTen[exponent]
      return value.isFinite ? value : nil
    }
    if exponent > 0 { return nil }
    value /= 1e308
    exponent += 308
  }
  return value
}

/// 10⁰ to 10³⁰⁸.
private let powersOfTen: [Double] = (0...308).map { Double("1e\($0)") ?? .infinity }
