/// Why tokenizer files cannot be used, as facts.
package enum TokenizerError: Error, Equatable, Sendable {
  case notJSON(file: String, offset: Int, expected: String)
  case badField(file: String, field: String, expected: String, found: String)
  case badMerge(file: String, line: Int, reason: String)
  case missingToken(file: String, token: String)
}

extension TokenizerError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notJSON(let file, let offset, let expected):
      "\(file): expected \(expected) at byte \(offset), found something else; get the tokenizer's files again"
    case .badField(let file, let field, let expected, let found):
      "\(file): expected \(field) to be \(expected), found \(found); get the tokenizer's files again"
    case .badMerge(let file, let line, let reason):
      "\(file), merge \(line): \(reason); get the tokenizer's files again"
    case .missingToken(let file, let token):
      "\(file): expected a token for '\(token)', found none; get the tokenizer's files again"
    }
  }
}
