/// Texts as sets of word runs, for measuring how much of their wording two texts share.
///
/// A word is a run of letters and digits, small and capital alike; each Chinese or Japanese character is a word.
/// A shingle is `size` words in a row; a shorter text is one shingle. Only 64-bit hashes are kept.
struct Shingles {
  /// All sets one after another, each ascending without repeats.
  private var hashes: [UInt64] = []
  private var starts: [Int] = [0]

  init(of texts: some Sequence<[UInt8]>, size: Int) {
    for text in texts {
      let words = wordHashes(text)
      hashes += Self.set(of: words, size: max(1, size))
      starts.append(hashes.count)
    }
  }

  /// The number of texts.
  var count: Int { starts.count - 1 }

  /// The shingles of one text.
  subscript(text: Int) -> ArraySlice<UInt64> { hashes[starts[text]..<starts[text + 1]] }

  /// Shared shingles over all shingles of two texts: |A ∩ B| / |A ∪ B|; 0 when either has none.
  func jaccard(_ first: Int, _ second: Int) -> Double {
    let a = self[first]
    let b = self[second]
    guard !a.isEmpty, !b.isEmpty else { return 0 }
    var i = a.startIndex
    var j = b.startIndex
    var shared = 0
    while i < a.endIndex && j < b.endIndex {
      if a[i] == b[j] {
        shared += 1
        i += 1
        j += 1
      } else if a[i] < b[j] {
        i += 1
      } else {
        j += 1
      }
    }
    return Double(shared) / Double(a.count + b.count - shared)
  }

  private static func set(of words: [UInt64], size: Int) -> [UInt64] {
    guard words.count > size else { return words.isEmpty ? [] : [run(words[...])] }
    var set = (0...(words.count - size)).map { run(words[$0..<($0 + size)]) }
    set.sort()
    var last: UInt64?
    set.removeAll { hash in
      defer { last = hash }
      return hash == last
    }
    return set
  }

  private static func run(_ words: ArraySlice<UInt64>) -> UInt64 {
    words.reduce(0x9e37_79b9_7f4a_7c15) { mixed($0 &* 31 &+ $1) }
  }
}

/// Spreads the bits of a number over all 64 (the finaliser of SplitMix64).
func mixed(_ value: UInt64) -> UInt64 {
  var x = value
  x = (x ^ (x >> 30)) &* 0xbf58_476d_1ce4_e5b9
  x = (x ^ (x >> 27)) &* 0x94d0_49bb_1331_11eb
  return x ^ (x >> 31)
}

/// A hash of each word of a text, in order.
private func wordHashes(_ text: [UInt8]) -> [UInt64] {
  var words: [UInt64] = []
  var word: UInt64 = 0
  func close() {
    if word != 0 { words.append(word) }
    word = 0
  }
  for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
    guard let letter = scalar.wordLetter else {
      close()
      continue
    }
    if scalar.isWordByItself { close() }
    word = mixed(word &+ UInt64(letter) &+ 1) | 1
    if scalar.isWordByItself { close() }
  }
  close()
  return words
}

extension Unicode.Scalar {
  /// The lower-case form's number for letters, marks and digits, nil for what separates words.
  fileprivate var wordLetter: UInt32? {
    if isASCII {
      switch value {
      case 0x30...0x39, 0x61...0x7a: return value
      case 0x41...0x5a: return value | 0x20
      default: return nil
      }
    }
    guard properties.isAlphabetic || properties.numericType != nil || properties.generalCategory == .nonspacingMark
    else { return nil }
    guard properties.isUppercase else { return value }
    return properties.lowercaseMapping.unicodeScalars.first?.value
  }

  /// Whether writing without spaces makes this character a word: Han, Hiragana, Katakana.
  fileprivate var isWordByItself: Bool {
    switch value {
    case 0x3040...0x30ff, 0x3400...0x4dbf, 0x4e00...0x9fff, 0xf900...0xfaff, 0x2_0000...0x3_ffff: true
    default: false
    }
  }
}
