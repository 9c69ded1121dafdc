internal import Foundation

/// A character taken apart into its base and its marks: é becomes e and an acute accent, 한 becomes three letters.
///
/// Source: Unicode Standard Annex 15, form D; Hangul by the arithmetic of the standard's section 3.12.
package func canonicalDecomposition(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
  let (firstSyllable, vowels, tails) = (UInt32(0xAC00), UInt32(21), UInt32(28))
  let value = scalar.value
  guard value >= 0xC0 else { return [scalar] }
  guard value >= firstSyllable, value < firstSyllable + 19 * vowels * tails else {
    return Array(String(Character(scalar)).decomposedStringWithCanonicalMapping.unicodeScalars)
  }
  let index = value - firstSyllable
  let tail = index % tails
  let parts = [0x1100 + index / (vowels * tails), 0x1161 + index % (vowels * tails) / tails]
  return (parts + (tail > 0 ? [0x11A7 + tail] : [])).compactMap { Unicode.Scalar($0) }
}

/// A text with bases and marks put together where one character stands for both: e and an acute accent become é.
///
/// Source: Unicode Standard Annex 15, form C.
package func canonicalComposition(of text: String) -> String { text.precomposedStringWithCanonicalMapping }
