public import Foundation

/// How long documents are divided.
public struct ChunkOptions: Sendable, Codable, Equatable {
  /// Tokens of a chunk at most.
  public var maxTokens = 400
  /// Tokens that a chunk repeats of the one before it; at most half of `maxTokens`.
  public var overlap = 50

  public init(maxTokens: Int = 400, overlap: Int = 50) { (self.maxTokens, self.overlap) = (maxTokens, overlap) }
}

/// A part of a document.
public struct TextChunk: Sendable, Equatable {
  public let text: String
  /// The headings that it stands under, the outermost first.
  public let headings: [String]
  public let tokens: Int
}

/// Divides a document at its headings, then into chunks of a number of tokens that overlap. Every character but white
/// space at the seams is in some chunk.
///
/// Headings are lines that begin with `#`, as in Markdown, outside fenced code. A word longer than a chunk is a chunk of its own.
/// - Throws: `HoneError` for options out of range.
public func textChunks(
  _ text: String, _ options: ChunkOptions = ChunkOptions(), tokens: (String) -> Int
) throws -> [TextChunk] {
  guard options.maxTokens >= 1, options.overlap >= 0, options.overlap * 2 <= options.maxTokens else {
    throw HoneError(
      "chunks: expected 1 token or more and an overlap of at most half, found \(options.maxTokens) and \(options.overlap)",
      remedy: "choose other lengths", parameter: "chunking_strategy")
  }
  return sections(text).flatMap { section in
    var words = TokenWords(section.text, tokens)
    return words.chunks(options).map { TextChunk(text: $0.text, headings: section.headings, tokens: $0.tokens) }
  }
}

/// The text between headings, each with its heading line.
private func sections(_ text: String) -> [(headings: [String], text: String)] {
  var (result, headings): ([(headings: [String], text: String)], [(level: Int, text: String)]) = ([], [])
  var (own, isCode) = ("", false)
  func isFence(_ line: Substring) -> Bool { line.drop { $0 == " " }.hasPrefix("```") }
  for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
    if isFence(line) { isCode.toggle() }
    let level = line.prefix { $0 == "#" }.count
    if !isCode, (1...6).contains(level), line.dropFirst(level).first == " " {
      if !own.allSatisfy(\.isWhitespace) { result.append((headings.map(\.text), own)) }
      headings.removeAll { $0.level >= level }
      headings.append((level, line.dropFirst(level).trimmingCharacters(in: .whitespaces)))
      own = ""
    }
    own += line + "\n"
  }
  if !own.allSatisfy(\.isWhitespace) { result.append((headings.map(\.text), own)) }
  return result
}

/// Words with the white space before them, and how many tokens each is.
private struct TokenWords {
  private var words: [(text: Substring, tokens: Int)] = []

  init(_ text: String, _ tokens: (String) -> Int) {
    var start = text.startIndex
    while start < text.endIndex {
      let word = text[start...].firstIndex { !$0.isWhitespace } ?? text.endIndex
      let end = text[word...].firstIndex(where: \.isWhitespace) ?? text.endIndex
      words.append((text[start..<end], tokens(String(text[word..<end]))))
      start = end
    }
  }

  mutating func chunks(_ options: ChunkOptions) -> [(text: String, tokens: Int)] {
    var (result, start): ([(text: String, tokens: Int)], Int) = ([], 0)
    while start < words.count {
      var (end, sum) = (start, 0)
      while end < words.count, end == start || sum + words[end].tokens <= options.maxTokens {
        sum += words[end].tokens
        end += 1
      }
      let text = words[start..<end].map(\.text).joined().trimmingCharacters(in: .whitespacesAndNewlines)
      if !text.isEmpty { result.append((text, sum)) }
      guard end < words.count else { break }
      // Back by the overlap, but always on.
      var (back, repeated) = (end, 0)
      while back > start + 1, repeated + words[back - 1].tokens <= options.overlap {
        back -= 1
        repeated += words[back].tokens
      }
      start = back
    }
    return result
  }
}

extension Home {
  /// Documents (text files) divided into rows for a collection: keys are `NAME#NUMBER`.
  public func documentItems(
    _ file: URL, _ options: ChunkOptions = ChunkOptions(), _ model: EmbeddingModel
  ) throws -> [CollectionItem] {
    let name = file.lastPathComponent
    let data: Data
    do { data = try Data(contentsOf: file) } catch {
      throw HoneError("\(name): expected a file that can be read, found none", remedy: "check the path")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw HoneError("\(name): expected UTF-8 text, found other bytes", remedy: "convert the file to UTF-8")
    }
    return try documentItems(text, name: name, options, model)
  }

  func documentItems(
    _ text: String, name: String, _ options: ChunkOptions, _ model: EmbeddingModel
  ) throws -> [CollectionItem] {
    try textChunks(text, options) { model.tokens(of: $0).count }.enumerated().map { number, chunk in
      var fields: [String: FieldValue] = ["chunk": .number(Double(number))]
      if !chunk.headings.isEmpty { fields["headings"] = .text(chunk.headings.joined(separator: " > ")) }
      return CollectionItem(key: "\(name)#\(number)", text: chunk.text, fields: fields, part: name)
    }
  }
}
