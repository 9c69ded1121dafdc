extension PrepareRows {
  /// Applies a change and returns the rows it touched, numbered as they stood before it.
  mutating func apply(_ remedy: Remedy) -> AffectedRows {
    switch remedy {
    case .convert, .renameColumn, .dropColumns: return .every(count: count)
    case .removeEmptyCompletions: return take(out: emptyCompletions, because: .emptyCompletion)
    case .removeDuplicates: return take(out: duplicates, because: .duplicate)
    case .removeLong: return take(out: long, because: .long)
    case .lowerCase(let column): return rewrite(column) { $0.lowercasedText() }
    case .appendSeparator(let mark): return rewrite(.prompt) { $0 + Array(mark.utf8) }
    case .appendEnding(let mark): return rewrite(.completion) { $0 + Array(mark.utf8) }
    case .stripPromptPrefix(let prefix):
      let length = prefix.unicodeScalars.count
      return rewrite(.prompt) { $0.droppingCharacters(length) }
    case .stripCompletionPrefix(let prefix): return rewrite(.completion) { strip(prefix, from: $0) }
    case .addLeadingSpace:
      return rewrite(.completion) { $0.first == UInt8(ascii: " ") ? $0 : [UInt8(ascii: " ")] + $0 }
    }
  }

  private mutating func take(out positions: [Int], because reason: RemovedRow.Reason) -> AffectedRows {
    remove(positions, because: reason)
    return .some(positions)
  }

  /// Puts every text of a column through `change`; the rows that came out different.
  private mutating func rewrite(_ column: Column, _ change: ([UInt8]) -> [UInt8]) -> AffectedRows {
    var touched: [Int] = []
    for row in examples.indices {
      let old = examples[row][column]
      let new = change(old)
      guard new != old else { continue }
      examples[row][column] = new
      touched.append(row)
    }
    return touched.count == count ? .every(count: count) : .some(touched)
  }
}

/// The completion without the shared beginning; one leading space stays when the beginning had one.
private func strip(_ prefix: String, from completion: [UInt8]) -> [UInt8] {
  let rest = completion.droppingCharacters(prefix.unicodeScalars.count)
  return prefix.utf8.first == UInt8(ascii: " ") ? [UInt8(ascii: " ")] + rest : rest
}
