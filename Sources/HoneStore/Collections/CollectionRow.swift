/// A row that comes into a collection.
package struct NewCollectionRow: Sendable, Equatable {
  /// What its owner calls it; a row of the same key is replaced.
  package var key: String
  /// The source that it belongs to, such as a file: all rows of one can be listed and removed together.
  package var part: String
  package var text: String
  /// A JSON object of the row's other fields.
  package var payload: String
  /// A hash of text and payload: a row of the same key and digest is left as it is.
  package var digest: [UInt8]
  package var vector: [Float]

  package init(key: String, part: String = "", text: String, payload: String, digest: [UInt8], vector: [Float]) {
    (self.key, self.part, self.text, self.payload) = (key, part, text, payload)
    (self.digest, self.vector) = (digest, vector)
  }
}

/// A row as it is kept.
package struct CollectionRow: Sendable, Equatable {
  /// Grows from row to row and is never given again.
  package let id: Int64
  package let key: String
  package let part: String
  package let text: String
  package let payload: String
}

/// What adding rows came to.
package struct CollectionChange: Sendable, Equatable {
  package var added = 0
  package var replaced = 0
  package var unchanged = 0

  package init() {}
}

/// Rows that one change added: their ids, growing, and their places among those that were given.
package struct AddedRows: Sendable, Equatable {
  package let change: Int
  package var ids: [Int64] = []
  package var places: [Int] = []
}

/// What is wrong with the rows of a collection, as facts.
package enum CollectionDamage: Sendable, Equatable, CustomStringConvertible {
  case file(found: String)
  case vector(key: String)
  case noVector(key: String)
  case dimensions(key: String, expected: Int, found: Int)
  case words(expected: Int, found: Int)

  package var description: String {
    switch self {
    case .file(let found): "the file of rows: \(found)"
    case .vector(let key): "row \(key): a vector that is not what was written"
    case .noVector(let key): "row \(key): no vector"
    case .dimensions(let key, let expected, let found): "row \(key): expected \(expected) numbers, found \(found)"
    case .words(let expected, let found): "the words: expected those of \(expected) rows, found \(found)"
    }
  }
}
