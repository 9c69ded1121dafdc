/// Prompts and completions as training sequences.
///
/// Prompt and completion are encoded apart and joined, so that the completion's tokens are those that the model
/// has to produce after the prompt alone. A row longer than the context loses tokens at the front: separator and
/// completion stay. An empty prompt becomes the end-of-text token, which is also what an empty request sends.
///
/// `lines` numbers the rows in messages; without it they count from 1.
/// Throws: `completionTooLong` naming the first row whose completion alone exceeds the context,
/// `contextTooShort` below two tokens.
package func tokenize(
  _ examples: [Example], lines: [Int]? = nil, contextLength: Int, endOfText: Int32?, encode: Encode
) throws(DataError) -> TokenizedRows {
  guard contextLength >= 2 else { throw .contextTooShort(contextLength: contextLength) }
  let prompts = encodeInPieces(examples.map(\.promptText), encode)
  let completions = encodeInPieces(examples.map(\.completionText), encode)
  var rows = TokenizedRows()
  for (index, (prompt, completion)) in zip(prompts, completions).enumerated() {
    let line = lines.map { index < $0.count ? $0[index] : index + 1 } ?? index + 1
    guard completion.count <= contextLength else {
      throw .completionTooLong(line: line, tokens: completion.count, contextLength: contextLength)
    }
    let opening = prompt.isEmpty ? (endOfText.map { [$0] } ?? []) : prompt
    let room = contextLength - completion.count
    let kept = opening.suffix(room)
    rows.add(
      TokenizedExample(
        tokens: kept + completion, learned: completion.isEmpty ? [] : [kept.count..<(kept.count + completion.count)],
        line: line, cutTokens: prompt.isEmpty ? 0 : prompt.count - kept.count))
  }
  return rows
}
