internal import CHoneKernels

// groups: parts that a row is cut into    words: 16 for each group, one of which stands for the row's part

/// Code words that stand for the parts of rows, four bits a part.
///
/// Group g takes `widths[g]` numbers of a row; a width of 0 is a group without content.
/// Source: Jégou, Douze and Schmid 2011, "Product quantization for nearest neighbor search", with groups of any width.
package struct CodeWords: Sendable {
  /// Numbers of each group. Shapes: (groups), a multiple of 4 and at most 256.
  package let widths: [UInt8]
  /// [group][number of the group][16].
  package let words: [Float]
  private let halves: [Float]  // (groups, 16) half the square of each word's length
  /// Numbers of a row that are coded: the sum of the widths.
  package let dimensions: Int

  package init(widths: [UInt8], words: [Float]) {
    dimensions = widths.reduce(0) { $0 + Int($1) }
    precondition(
      !widths.isEmpty && widths.count % 4 == 0 && widths.count <= Self.mostGroups, "\(widths.count) groups of codes")
    precondition(words.count == dimensions * 16, "\(words.count) numbers of words for \(dimensions) dimensions")
    (self.widths, self.words) = (widths, words)
    var halves: [Float] = []
    var start = 0
    for width in widths {
      for word in 0..<16 {
        halves.append(
          (0..<Int(width)).reduce(Float(0)) { $0 + words[start + $1 * 16 + word] * words[start + $1 * 16 + word] / 2 })
      }
      start += Int(width) * 16
    }
    self.halves = halves
  }

  /// The most groups whose sums fit 16 bits.
  package static let mostGroups = HONE_MOST_CODE_GROUPS

  /// Rows that share a block of codes.
  package static let blockRows = HONE_CODE_BLOCK

  /// Bytes that the codes of so many rows of a list take.
  package func bytes(rows: Int) -> Int { (rows + Self.blockRows - 1) / Self.blockRows * blockBytes }

  /// Bytes of one block.
  package var blockBytes: Int { widths.count * 16 }

  /// The nearest word of each group of each row.
  ///
  /// Shapes: result (rows, groups); x (rows, step or more), of which the first `dimensions` numbers are coded.
  package func codes(_ x: [Float], rows: Int, step: Int) -> [UInt8] {
    precondition(step >= dimensions && x.count >= rows * step, "\(x.count) numbers, \(rows) rows of \(step)")
    return unsafe [UInt8](unsafeUninitializedCapacity: rows * widths.count) { out, filled in
      let out = out.baseAddress
      unsafe withPointers(x, words, halves) { x, words, halves in
        unsafe widths.withUnsafeBufferPointer { widths in
          unsafe hone_nearest_words(out, x, step, words, halves, widths.baseAddress, rows, widths.count)
        }
      }
      filled = rows * widths.count
    }
  }

  /// Puts one row's codes at its place in the blocks of a list.
  ///
  /// ```
  /// block of 32 rows: group 0 [16 bytes] group 1 [16 bytes] …
  /// byte 2i: rows i (lower half) and 16 + i;  byte 2i + 1: rows 8 + i and 24 + i;  i in 0 ... 7
  /// ```
  package func place(_ codes: ArraySlice<UInt8>, in blocks: inout [UInt8], at slot: Int, from start: Int = 0) {
    precondition(codes.count == widths.count, "\(codes.count) codes of \(widths.count)")
    let lane = slot % Self.blockRows
    let first = start + slot / Self.blockRows * blockBytes + lane % 8 * 2 + lane % 16 / 8
    var blocks = blocks.mutableSpan
    for (group, code) in codes.enumerated() {
      let at = first + group * 16
      blocks[at] = lane < 16 ? blocks[at] & 0xF0 | code : blocks[at] & 0x0F | code << 4
    }
  }

  /// One row's codes out of the blocks of a list.
  package func codes(in blocks: RawSpan, at slot: Int, from start: Int) -> [UInt8] {
    let lane = slot % Self.blockRows
    let first = start + slot / Self.blockRows * blockBytes + lane % 8 * 2 + lane % 16 / 8
    return (0..<widths.count).map { group in
      let byte = unsafe blocks.unsafeLoad(fromByteOffset: first + group * 16, as: UInt8.self)
      return lane < 16 ? byte & 15 : byte >> 4
    }
  }

  /// What each word contributes to the product with a query, in bytes.
  ///
  /// Shapes: query (dimensions or more); constants (the last groups, 16) or empty: what the words of these groups add
  /// whatever the query. A sum of entries times `step` plus `base` estimates query · row.
  package func tables(_ query: [Float], constants: [Float]) -> CodeTables {
    precondition(query.count >= dimensions, "a query of \(query.count) for \(dimensions)")
    precondition(constants.count <= widths.count * 16, "\(constants.count) constants for \(widths.count) groups")
    var products = unsafe [Float](unsafeUninitializedCapacity: widths.count * 16) { out, filled in
      let out = out.baseAddress
      unsafe withPointers(query, words) { query, words in
        unsafe widths.withUnsafeBufferPointer { widths in
          unsafe hone_word_products(out, query, words, widths.baseAddress, widths.count)
        }
      }
      filled = widths.count * 16
    }
    for (index, value) in constants.enumerated() { products[products.count - constants.count + index] = value }
    // Few steps are enough where groups are alike, and faster to add; constants may be much wider than the groups.
    return CodeTables(products, groups: widths.count, most: constants.isEmpty ? 31 : 255)
  }
}

/// One query's products with all words, rounded to bytes of one unit.
package struct CodeTables: Sendable {
  /// Shapes: (groups, 16).
  package let entries: [UInt8]
  /// No entry is larger.
  let most: UInt8
  /// What one unit is worth.
  package let step: Float
  /// The estimate of a row whose sum is 0.
  package let base: Float

  fileprivate init(_ products: [Float], groups: Int, most: UInt8) {
    var (step, base): (Float, Float) = (1, 0)
    entries = unsafe [UInt8](unsafeUninitializedCapacity: groups * 16) { out, filled in
      let out = out.baseAddress
      unsafe products.withUnsafeBufferPointer {
        unsafe hone_byte_tables(out, &step, &base, $0.baseAddress, groups, most)
      }
      filled = groups * 16
    }
    (self.step, self.base, self.most) = (step, base, most)
  }
}
