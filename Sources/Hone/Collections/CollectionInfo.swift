/// A value of a field of a row.
public enum FieldValue: Sendable, Equatable, Codable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case list([FieldValue])

  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let flag = try? value.decode(Bool.self) {
      self = .bool(flag)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else {
      self = .list(try value.decode([FieldValue].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .null: try value.encodeNil()
    case .bool(let flag): try value.encode(flag)
    case .number(let number):
      // Whole numbers without a fraction, as they came.
      if let whole = Int(exactly: number) { try value.encode(whole) } else { try value.encode(number) }
    case .text(let text): try value.encode(text)
    case .list(let values): try value.encode(values)
    }
  }

  /// A cell of a table: a number where writing that number gives the cell again, else text; empty ones are null.
  public init(cell: String) {
    if cell.isEmpty {
      self = .null
    } else if let number = Double(cell), number.isFinite, Int(exactly: number).map({ "\($0)" }) ?? "\(number)" == cell {
      self = .number(number)
    } else {
      self = .text(cell)
    }
  }

  /// As a person reads it.
  public var description: String {
    switch self {
    case .null: ""
    case .bool(let flag): "\(flag)"
    case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
    case .text(let text): text
    case .list(let values): values.map(\.description).joined(separator: ", ")
    }
  }
}

/// A row for a collection.
public struct CollectionItem: Sendable, Equatable {
  /// What its owner calls it: a row of the same key is replaced.
  public var key: String
  public var text: String
  public var fields: [String: FieldValue]
  /// The source that it belongs to, such as a file.
  public var part: String

  public init(key: String, text: String, fields: [String: FieldValue] = [:], part: String = "") {
    (self.key, self.text, self.fields, self.part) = (key, text, fields, part)
  }
}

/// What a collection is.
public struct CollectionInfo: Sendable, Codable, Equatable {
  public let name: String
  /// Names it among all that ever were.
  public let id: String
  /// Seconds since 1970.
  public let created: Int
  /// The model that its vectors are of, and its fingerprint.
  public let model: String
  public let fingerprint: String
  public let dimensions: Int
  /// What nearness is, and the numbers that the index holds: see `VectorSettings`.
  public let metric: String
  public let encoding: String
  public let rows: Int
  /// On disk, the index apart.
  public let bytes: Int
  public let indexBytes: Int
  /// Lists of the index; 0: every search compares all rows.
  public let lists: Int
  /// The share of the ten nearest rows that the index finds, measured on rows of its own or on real searches; nil: all
  /// rows are compared.
  public let recall: Double?
  /// Real searches that were compared with all rows; nil: none were.
  public let recallSamples: Int?
  /// What a person should know, such as an index that was damaged and made anew.
  public let notes: [String]

  enum CodingKeys: String, CodingKey {
    case name, id, created, model, fingerprint, dimensions, metric, encoding, rows, bytes, lists, recall, notes
    case indexBytes = "index_bytes"
    case recallSamples = "recall_samples"
  }
}

/// How a collection is searched.
public struct SearchOptions: Sendable, Equatable {
  public enum Legs: String, Sendable, Codable, CaseIterable {
    /// By meaning and by words, fused by score.
    case both
    /// By meaning alone.
    case vectors
    /// By words alone (BM25).
    case words
  }

  public var topK = 10
  /// Which rows are wanted, as in `Score >= 4 and lang in ('en', 'de')`.
  public var filter: String?
  public var legs = Legs.both
  /// `fast`, `balanced` or `precise`: how much of the index a search looks at; nil: all rows are compared.
  public var preset: String? = "balanced"
  /// In place of what the preset says: how many lists of the index are scanned, and how many of the rows that seem
  /// nearest there are compared exactly. Without meaning while the index has no lists.
  public var probes: Int?
  public var rerank: Int?
  /// Between 0 and 1: how much being unlike the hits before it counts for a hit.
  public var diversity = 0.0
  /// Where rows must be, by fields of latitude and longitude, and what their distance does to scores; nil: anywhere.
  public var place: PlaceOptions?

  public init() {}
}

/// A row that was found.
public struct SearchHit: Sendable, Codable, Equatable {
  /// The row's number in the collection.
  var id: Int64 = 0
  public let key: String
  public let part: String
  public let text: String
  public internal(set) var fields: [String: FieldValue]
  /// What the hits are ordered by; larger is better.
  public let score: Double
  /// What the collection's metric gives for it and the query, where they were compared by meaning: the cosine, the inner
  /// product, or minus the squared distance.
  public let similarity: Double?
  /// For recommendations: the liked row nearest to it, and how near by the collection's metric.
  public var because: String?
  public var becauseSimilarity: Double?
  /// Metres from the place that was asked for; nil: none was.
  public var distance: Double?

  enum CodingKeys: String, CodingKey {
    case key, part, text, fields, score, similarity, because, distance
    case becauseSimilarity = "because_similarity"
  }
}
