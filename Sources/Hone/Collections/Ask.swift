/// An answer out of a collection.
public struct AskAnswer: Sendable, Codable, Equatable {
  /// What the model wrote; nil where no model was asked.
  public let answer: String?
  public let model: String?
  /// The passages that were retrieved, the best first; `[1]` in the answer is the first of them.
  public let passages: [SearchHit]
  /// Places in `passages`, from 1, that the answer names.
  public let cited: [Int]
  /// How many passages went into the prompt: as many as fit the model's context.
  public let passagesInPrompt: Int

  enum CodingKeys: String, CodingKey {
    case answer, model, passages, cited
    case passagesInPrompt = "passages_in_prompt"
  }
}

extension SearchCollection {
  /// Retrieves passages, and lets a model answer from them.
  ///
  /// `model`: nil: the passages alone are the answer, as it should be with models too small to be trusted.
  /// - Throws: as `search` and completing.
  public func ask(
    _ question: String, _ embedder: Embedder, _ options: SearchOptions, model: CompletionModel? = nil,
    maxTokens: Int = 200
  ) throws -> AskAnswer {
    let passages = try search(question, embedder, options)
    guard let model else {
      return AskAnswer(answer: nil, model: nil, passages: passages, cited: [], passagesInPrompt: 0)
    }
    let room = model.contextLength - maxTokens
    var used = passages.count
    while used > 0, model.tokens(of: prompt(question, passages.prefix(used))).count > room { used -= 1 }
    guard room > 0, used > 0 || passages.isEmpty else {
      throw HoneError(
        "\(name): expected passages that fit the model's context of \(model.contextLength) tokens, found longer ones",
        remedy: "divide the documents into smaller chunks, or ask for fewer tokens", parameter: "max_tokens")
    }
    var request = CompletionRequest(prompts: [.text(prompt(question, passages.prefix(used)))])
    (request.maxTokens, request.temperature) = (maxTokens, 0)
    request.stop = ["\nQuestion:", "\n\n\n"]
    let text = try model.complete(request).choices.first?.text ?? ""
    return AskAnswer(
      answer: text.trimmingWhitespace, model: model.info.name, passages: passages,
      cited: Self.citations(in: text, upTo: used), passagesInPrompt: used)
  }

  private func prompt(_ question: String, _ passages: ArraySlice<SearchHit>) -> String {
    var prompt = "Answer the question with the passages alone, and name them in brackets, as in [1].\n\n"
    for (index, passage) in passages.enumerated() { prompt += "[\(index + 1)] \(passage.text)\n\n" }
    return prompt + "Question: \(question)\nAnswer:"
  }

  /// The numbers in brackets, each once, in their order.
  static func citations(in text: String, upTo count: Int) -> [Int] {
    var found: [Int] = []
    for part in text.split(separator: "[").dropFirst() {
      guard let number = Int(part.prefix { $0.isASCII && $0.isNumber }), (1...max(1, count)).contains(number),
        part.drop(while: { $0.isASCII && $0.isNumber }).first == "]", !found.contains(number)
      else { continue }
      found.append(number)
    }
    return found
  }
}

extension String {
  fileprivate var trimmingWhitespace: String {
    var text = Substring(self)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
