/// When a vector store goes by itself.
package struct StoreExpiry: Codable, Equatable, Sendable, WireValue {
  package enum Anchor: String, Codable, Sendable, WireWord { case lastActiveAt = "last_active_at" }

  static var expectation: String { "an object" }

  package var anchor: Anchor
  package var days: Int

  package init(days: Int) { (anchor, self.days) = (.lastActiveAt, days) }

  private enum CodingKeys: String, CodingKey, CaseIterable { case anchor, days }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields<CodingKeys>(decoder)
    anchor = try fields.required(.anchor)
    days = try fields.required(.days)
    guard (1...365).contains(days) else {
      throw RequestError.wrong(
        parameter: fields.parameter("days"), expected: "1 to 365", found: "the number \(days)")
    }
  }
}

/// How files are divided.
package struct ChunkingStrategy: Codable, Equatable, Sendable, WireValue {
  package enum Kind: String, Codable, Sendable, WireWord { case auto, fixed = "static" }

  /// Lengths in tokens.
  package struct Fixed: Codable, Equatable, Sendable, WireValue {
    static var expectation: String { "an object" }

    package var maxChunkSizeTokens: Int
    package var chunkOverlapTokens: Int

    package init(maxChunkSizeTokens: Int, chunkOverlapTokens: Int) {
      (self.maxChunkSizeTokens, self.chunkOverlapTokens) = (maxChunkSizeTokens, chunkOverlapTokens)
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
      case maxChunkSizeTokens = "max_chunk_size_tokens"
      case chunkOverlapTokens = "chunk_overlap_tokens"
    }

    package init(from decoder: any Decoder) throws {
      let fields = try Fields<CodingKeys>(decoder)
      maxChunkSizeTokens = try fields.required(.maxChunkSizeTokens)
      chunkOverlapTokens = try fields.required(.chunkOverlapTokens)
      guard (100...4096).contains(maxChunkSizeTokens) else {
        throw RequestError.wrong(
          parameter: fields.parameter("max_chunk_size_tokens"), expected: "100 to 4096",
          found: "the number \(maxChunkSizeTokens)")
      }
      guard (0...maxChunkSizeTokens / 2).contains(chunkOverlapTokens) else {
        throw RequestError.wrong(
          parameter: fields.parameter("chunk_overlap_tokens"), expected: "0 to \(maxChunkSizeTokens / 2)",
          found: "the number \(chunkOverlapTokens)")
      }
    }
  }

  static var expectation: String { "an object" }

  package var type: Kind
  package var fixed: Fixed?

  /// What `auto` means.
  package static let usual = Fixed(maxChunkSizeTokens: 800, chunkOverlapTokens: 400)

  package init(_ fixed: Fixed) { (type, self.fixed) = (.fixed, fixed) }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case type
    case fixed = "static"
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields<CodingKeys>(decoder)
    type = try fields.required(.type)
    fixed = try fields.optional(.fixed)
    if type == .fixed, fixed == nil {
      throw RequestError.missing(parameter: fields.parameter("static"), expected: "an object")
    }
  }

  /// The lengths that it means.
  package var lengths: Fixed { fixed ?? Self.usual }
}

/// A value that a caller gives a file: a text, a number, or true or false.
package enum AttributeValue: Codable, Equatable, Sendable, WireValue {
  case text(String)
  case number(Double)
  case bool(Bool)

  static var expectation: String { "a string, a number, true or false" }

  package init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let flag = try? value.decode(Bool.self) {
      self = .bool(flag)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else {
      throw decoder.wrong(Self.expectation)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .text(let text): try value.encode(text)
    case .number(let number):
      if let whole = Int(exactly: number) { try value.encode(whole) } else { try value.encode(number) }
    case .bool(let flag): try value.encode(flag)
    }
  }
}

/// The attributes of a file, read and checked: 16 at most.
struct WireAttributes: WireValue {
  static var expectation: String { "an object" }

  let values: [String: AttributeValue]

  init(from decoder: any Decoder) throws {
    values = try WireMap<AttributeValue>(from: decoder).values
    guard values.count <= 16 else {
      throw RequestError.wrong(
        parameter: decoder.codingPath.parameter, expected: "at most 16 pairs", found: "\(values.count)")
    }
  }
}

/// The body of POST `/vector_stores`, and of POST `/vector_stores/{id}`, which changes one.
package struct VectorStoreCreate: RequestBody {
  package var name: String?
  package var description: String?
  package var fileIDs: [String]
  package var metadata: [String: String]?
  package var expiresAfter: StoreExpiry?
  package var chunkingStrategy: ChunkingStrategy?
  package private(set) var unknownFields: [String] = []

  package init(name: String? = nil, fileIDs: [String] = []) { (self.name, self.fileIDs) = (name, fileIDs) }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case name, description, metadata
    case fileIDs = "file_ids"
    case expiresAfter = "expires_after"
    case chunkingStrategy = "chunking_strategy"
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields<CodingKeys>(decoder)
    name = try fields.optional(.name)
    description = try fields.optional(.description)
    fileIDs = try fields.optional(.fileIDs, as: WireList<String>.self)?.elements ?? []
    metadata = try fields.optional(.metadata, as: WireMap<String>.self)?.values
    if let count = metadata?.count, count > 16 {
      throw RequestError.wrong(parameter: "metadata", expected: "at most 16 pairs", found: "\(count)")
    }
    expiresAfter = try fields.optional(.expiresAfter)
    chunkingStrategy = try fields.optional(.chunkingStrategy)
    unknownFields = try fields.unknown()
  }
}

/// The body of POST `/vector_stores/{id}/files`, and of `…/files/{file}`, which changes the attributes of one; a file of a
/// batch too.
package struct StoreFileCreate: RequestBody, WireValue {
  static var expectation: String { "an object" }

  /// nil where the path names it.
  package var fileID: String?
  package var attributes: [String: AttributeValue]?
  package var chunkingStrategy: ChunkingStrategy?
  package private(set) var unknownFields: [String] = []

  package init(fileID: String?) { self.fileID = fileID }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case attributes
    case fileID = "file_id"
    case chunkingStrategy = "chunking_strategy"
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields<CodingKeys>(decoder)
    fileID = try fields.optional(.fileID)
    attributes = try fields.optional(.attributes, as: WireAttributes.self)?.values
    chunkingStrategy = try fields.optional(.chunkingStrategy)
    unknownFields = try fields.unknown()
  }
}

/// The body of POST `/vector_stores/{id}/file_batches`.
package struct StoreBatchCreate: RequestBody {
  package var fileIDs: [String]
  /// Files with attributes of their own; each names its file.
  package var files: [StoreFileCreate]
  package var attributes: [String: AttributeValue]?
  package var chunkingStrategy: ChunkingStrategy?
  package private(set) var unknownFields: [String] = []

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case files, attributes
    case fileIDs = "file_ids"
    case chunkingStrategy = "chunking_strategy"
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields<CodingKeys>(decoder)
    fileIDs = try fields.optional(.fileIDs, as: WireList<String>.self)?.elements ?? []
    files = try fields.optional(.files, as: WireList<StoreFileCreate>.self)?.elements ?? []
    if let place = files.firstIndex(where: { $0.fileID == nil }) {
      throw RequestError.missing(parameter: "files[\(place)].file_id", expected: String.expectation)
    }
    attributes = try fields.optional(.attributes, as: WireAttributes.self)?.values
    chunkingStrategy = try fields.optional(.chunkingStrategy)
    let count = fileIDs.count + files.count
    guard (1...2000).contains(count), fileIDs.isEmpty || files.isEmpty else {
      throw RequestError.wrong(
        parameter: "file_ids", expected: "1 to 2000 files, either as file_ids or as files",
        found: fileIDs.isEmpty || files.isEmpty ? "\(count)" : "both")
    }
    unknownFields = try fields.unknown()
  }
}
