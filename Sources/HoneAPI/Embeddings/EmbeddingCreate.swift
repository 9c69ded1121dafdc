/// The body of POST `/embeddings`, alone, below `/engines/{engine}` or below `/deployments/{deployment}`.
package struct EmbeddingCreate: RequestBody {
  /// How the numbers of a vector stand in the reply.
  package enum Format: String, Codable, Sendable {
    /// A list of numbers.
    case float
    /// The bytes of the numbers, float32 and little-endian, as one string.
    case base64
  }

  /// nil where the path names the model.
  package var model: String?
  package var input: Prompt
  package var encodingFormat: Format?
  package var dimensions: Int?
  package var user: String?
  /// Hone's own: what the vectors are for, such as `query` or `document`.
  package var task: String?
  /// Hone's own: what happens to texts longer than the model's window: `pieces`, `error` or `truncate`.
  package var long: String?
  package private(set) var unknownFields: [String] = []

  package init(model: String? = nil, input: Prompt) {
    self.model = model
    self.input = input
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case model, input, dimensions, user, task, long
    case encodingFormat = "encoding_format"
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields<CodingKeys>(decoder)
    model = try fields.optional(.model)
    input = try fields.required(.input)
    if let word: String = try fields.optional(.encodingFormat) {
      guard let format = Format(rawValue: word) else {
        throw fields.wrong("encoding_format", "\"float\" or \"base64\"")
      }
      encodingFormat = format
    }
    dimensions = try fields.optional(.dimensions)
    user = try fields.optional(.user)
    task = try fields.optional(.task)
    long = try fields.optional(.long)
    unknownFields = try fields.unknown()
  }
}
