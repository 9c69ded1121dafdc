package import HoneFiles

/// One training row: a prompt and the completion that should follow it.
///
/// Both are UTF-8 bytes, not `String`: two texts are the same here only when their bytes are, while Swift's
/// strings also equate composed and decomposed letters.
package struct Example: Sendable, Hashable {
  package var prompt: [UInt8]
  package var completion: [UInt8]

  package init(prompt: [UInt8], completion: [UInt8]) {
    self.prompt = prompt
    self.completion = completion
  }

  package init(prompt: String, completion: String) {
    self.init(prompt: Array(prompt.utf8), completion: Array(completion.utf8))
  }

  /// The prompt as text.
  package var promptText: String { String(decoding: prompt, as: UTF8.self) }

  /// The completion as text.
  package var completionText: String { String(decoding: completion, as: UTF8.self) }
}

/// One of the two columns that training reads.
package enum Column: String, Sendable, Codable, CaseIterable {
  case prompt, completion
}

extension Example {
  /// The text in one column.
  package subscript(column: Column) -> [UInt8] {
    get {
      switch column {
      case .prompt: prompt
      case .completion: completion
      }
    }
    set {
      switch column {
      case .prompt: prompt = newValue
      case .completion: completion = newValue
      }
    }
  }
}

extension Table {
  /// The rows as examples.
  ///
  /// Throws: `missingColumn` when `prompt` or `completion` is absent, `emptyCompletions` naming the rows,
  /// `noRows` when there is none.
  package func examples() throws(DataError) -> [Example] {
    let prompt = try index(of: .prompt)
    let completion = try index(of: .completion)
    guard !rows.isEmpty else { throw .noRows }
    let examples = rows.map { Example(prompt: $0.cell(prompt), completion: $0.cell(completion)) }
    let empty = examples.indices.filter { examples[$0].completion.isEmpty }
    guard empty.isEmpty else { throw .emptyCompletions(rows: empty) }
    return examples
  }

  func index(of column: Column) throws(DataError) -> Int {
    guard let index = columns.firstIndex(where: { $0.utf8.elementsEqual(column.rawValue.utf8) }) else {
      throw .missingColumn(name: column.rawValue, found: columns)
    }
    return index
  }
}

extension [String] {
  /// The cell in a column, empty where the row is shorter than the header.
  func cell(_ index: Int) -> String { indices.contains(index) ? self[index] : "" }
}
