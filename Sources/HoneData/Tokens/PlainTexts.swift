/// What becomes of a text that is longer than the limit.
package enum LongText: Sendable, Equatable {
  /// Its end is cut off and counted.
  case cut
  /// It goes on in further sequences; nothing is lost.
  case pieces
}

/// Texts as sequences for plain language modelling: every token that has one before it is learned.
///
/// Each text is a sequence of its own and ends with the end-of-text token, as long as that fits into `maxLength`.
/// A text that was cut, and the inner pieces of one in pieces, do not end with it, since the text goes on.
/// Throws: `contextTooShort` below two tokens.
package func tokenize(
  texts: [String], lines: [Int]? = nil, maxLength: Int, endOfText: Int32?, long: LongText = .cut, encode: Encode
) throws(DataError) -> TokenizedRows {
  guard maxLength >= 2 else { throw .contextTooShort(contextLength: maxLength) }
  var rows = TokenizedRows()
  for (index, tokens) in encodeInPieces(texts, encode).enumerated() {
    let line = lines.map { index < $0.count ? $0[index] : index + 1 } ?? index + 1
    switch long {
    case .cut: rows.add(whole(tokens.prefix(maxLength), of: tokens.count, maxLength, endOfText, line))
    case .pieces:
      for piece in pieces(of: tokens + (endOfText.map { [$0] } ?? []), maxLength) {
        rows.add(sequence(piece, line: line, cutTokens: 0))
      }
      if tokens.isEmpty { rows.empty.append(line) }
    }
  }
  return rows
}

private func whole(
  _ kept: ArraySlice<Int32>, of count: Int, _ maxLength: Int, _ endOfText: Int32?, _ line: Int
) -> TokenizedExample {
  let closing = count > 0 && count < maxLength ? endOfText.map { [$0] } ?? [] : []
  return sequence(kept + closing, line: line, cutTokens: count - kept.count)
}

/// Pieces of at most `maxLength` tokens; each after the first begins with the last token of the one before, so
/// that every token is predicted once.
private func pieces(of tokens: [Int32], _ maxLength: Int) -> [ArraySlice<Int32>] {
  guard tokens.count > 1 else { return [] }
  return stride(from: 0, to: tokens.count - 1, by: maxLength - 1).map {
    tokens[$0..<min($0 + maxLength, tokens.count)]
  }
}

private func sequence(_ tokens: ArraySlice<Int32>, line: Int, cutTokens: Int) -> TokenizedExample {
  let learned = tokens.isEmpty ? [] : [0..<tokens.count]
  return TokenizedExample(tokens: Array(tokens), learned: learned, line: line, cutTokens: cutTokens)
}
