/// The answer to a request for embeddings, its vectors in the order of the inputs.
package struct EmbeddingReply: Reply {
  /// One vector.
  package struct Item: Encodable, Sendable {
    package let object = "embedding"
    package let index: Int
    package let embedding: WireVector

    package init(index: Int, embedding: WireVector) {
      self.index = index
      self.embedding = embedding
    }

    private enum CodingKeys: String, CodingKey { case object, index, embedding }
  }

  /// What the request cost, and what became of long texts.
  package struct Usage: Encodable, Equatable, Sendable {
    package var promptTokens: Int
    package var totalTokens: Int
    /// Inputs that went through the model in pieces; nil: none.
    package var inputsInPieces: Int?
    /// Tokens that no vector knows of, where the caller asked for that; nil: none.
    package var lostTokens: Int?

    package init(tokens: Int, inputsInPieces: Int = 0, lostTokens: Int = 0) {
      promptTokens = tokens
      totalTokens = tokens
      self.inputsInPieces = inputsInPieces > 0 ? inputsInPieces : nil
      self.lostTokens = lostTokens > 0 ? lostTokens : nil
    }

    private enum CodingKeys: String, CodingKey {
      case promptTokens = "prompt_tokens"
      case totalTokens = "total_tokens"
      case inputsInPieces = "inputs_in_pieces"
      case lostTokens = "lost_tokens"
    }
  }

  package let object = "list"
  package var data: [Item]
  /// The name that was asked for.
  package var model: String
  package var usage: Usage

  package init(data: [Item], model: String, usage: Usage) {
    self.data = data
    self.model = model
    self.usage = usage
  }

  private enum CodingKeys: String, CodingKey { case object, data, model, usage }
}

/// The numbers of a vector as a reply carries them.
package enum WireVector: Encodable, Equatable, Sendable {
  case floats([Float])
  /// Bytes of float32, little-endian.
  case base64([Float])

  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .floats(let values):
      guard values.allSatisfy(\.isFinite) else {
        throw EncodingError.invalidValue(
          values, .init(codingPath: encoder.codingPath, debugDescription: "not a finite number"))
      }
      // One node for the whole list: a reply may hold a million numbers.
      if let writer = encoder as? JSONWriter {
        writer.node.set(.literal("[" + values.map(\.description).joined(separator: ",") + "]"))
      } else {
        try values.encode(to: encoder)
      }
    case .base64(let values):
      var bytes: [UInt8] = []
      bytes.reserveCapacity(values.count * 4)
      for value in values {
        for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift)) }
      }
      try base64Text(bytes).encode(to: encoder)
    }
  }
}

/// Source: RFC 4648, section 4.
private func base64Text(_ bytes: [UInt8]) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  let padding = UInt8(ascii: "=")
  var text: [UInt8] = []
  text.reserveCapacity((bytes.count + 2) / 3 * 4)
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let count = min(3, bytes.count - start)
    var group = UInt32(0)
    for offset in 0..<3 { group = group << 8 | (offset < count ? UInt32(bytes[start + offset]) : 0) }
    for place in 0..<4 {
      text.append(place <= count ? alphabet[Int(group >> UInt32(18 - 6 * place) & 63)] : padding)
    }
  }
  return String(decoding: text, as: UTF8.self)
}
