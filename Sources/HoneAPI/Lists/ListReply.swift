/// A list, whole or one page of it.
///
/// `has_more` is always there, for clients read it unguarded; so are the ids, null where the rows have none.
package struct ListReply<Row: Codable & Equatable & Sendable>: Reply, Codable, Equatable {
  package let object: String
  package var data: [Row]
  package var hasMore: Bool
  @Nullable package var firstID: String?
  @Nullable package var lastID: String?

  package init(_ rows: [Row], hasMore: Bool = false, firstID: String? = nil, lastID: String? = nil) {
    object = "list"
    data = rows
    self.hasMore = hasMore
    self.firstID = firstID
    self.lastID = lastID
  }

  private enum CodingKeys: String, CodingKey {
    case object, data
    case hasMore = "has_more"
    case firstID = "first_id"
    case lastID = "last_id"
  }
}

extension ListReply where Row: Identifiable<String> {
  /// A list with the ids of its first and last row.
  package init(_ rows: [Row], hasMore: Bool = false) {
    self.init(rows, hasMore: hasMore, firstID: rows.first?.id, lastID: rows.last?.id)
  }
}

/// That something is gone.
package struct DeletedReply: Reply, Codable, Equatable {
  package enum Object: String, Codable, Sendable {
    case file, model, deployment
    case fineTune = "fine-tune"
    case vectorStore = "vector_store.deleted"
    case vectorStoreFile = "vector_store.file.deleted"
  }

  package let id: String
  package let object: Object
  package let deleted: Bool

  package init(id: String, object: Object) {
    self.id = id
    self.object = object
    deleted = true
  }
}
