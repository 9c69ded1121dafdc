package import Foundation

/// One turn of a conversation.
package struct ChatTurn: Sendable, Equatable {
  package let role: String
  package let content: String
}

/// One example of a training file.
package enum TrainingRow: Sendable, Equatable {
  case completion(line: Int, prompt: String, completion: String)
  case chat(line: Int, turns: [ChatTurn])
}

/// Why a file cannot train a model: which line, what is missing.
package enum TrainingFileError: Error, Equatable, Sendable {
  case unreadable(file: String, reason: String)
  case empty(file: String)
  case notUTF8(file: String, line: Int)
  case badLine(file: String, line: Int, expected: String, found: String)
}

extension TrainingFileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "\(file): expected a file that can be read, found none (\(reason)); check the path"
    case .empty(let file):
      "\(file): expected one JSON object on each line, found an empty file; give at least one example"
    case .notUTF8(let file, let line):
      "\(file), line \(line): expected UTF-8 text, found other bytes; convert the file to UTF-8"
    case .badLine(let file, let line, let expected, let found):
      "\(file), line \(line): expected \(expected), found \(found); mend the line, or run `hone prepare \(file)`"
    }
  }
}

/// Reads JSON Lines of prompt and completion, or of chat messages; a byte order mark, CR LF and blank lines are fine.
package func readTrainingRows(at url: URL) throws(TrainingFileError) -> [TrainingRow] {
  let file = url.lastPathComponent
  let bytes: [UInt8]
  do {
    bytes = [UInt8](try Data(contentsOf: url))
  } catch {
    throw .unreadable(file: file, reason: error.localizedDescription)
  }
  return try readTrainingRows(bytes, file: file)
}

package func readTrainingRows(_ bytes: [UInt8], file: String) throws(TrainingFileError) -> [TrainingRow] {
  var rows: [TrainingRow] = []
  for (number, line) in jsonLines(bytes) { rows.append(try TrainingRow(line, file: file, line: number)) }
  guard !rows.isEmpty else { throw .empty(file: file) }
  return rows
}

/// The lines that hold something, with their numbers from 1.
func jsonLines(_ bytes: [UInt8]) -> [(number: Int, bytes: ArraySlice<UInt8>)] {
  var lines: [(number: Int, bytes: ArraySlice<UInt8>)] = []
  var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  var number = 1
  while start < bytes.count {
    let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
    let line = bytes[start..<end]
    if line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) { lines.append((number, line)) }
    start = end + 1
    number += 1
  }
  return lines
}

extension TrainingRow {
  init(_ bytes: ArraySlice<UInt8>, file: String, line: Int) throws(TrainingFileError) {
    func fail(_ expected: String, _ found: String) -> TrainingFileError {
      .badLine(file: file, line: line, expected: expected, found: found)
    }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: Array(bytes))
    } catch {
      throw String(validating: bytes, as: UTF8.self) == nil
        ? .notUTF8(file: file, line: line) : fail("a JSON object", "something else (\(error.description))")
    }
    guard case .object(let members) = value else { throw fail("a JSON object", "another JSON value") }
    if let messages = value["messages"] {
      self = .chat(line: line, turns: try Self.turns(messages, fail))
      return
    }
    guard let prompt = value["prompt"]?.string else {
      throw fail("a text under 'prompt'", members.isEmpty ? "an empty object" : "keys \(keyList(members))")
    }
    guard let completion = value["completion"]?.string else {
      throw fail("a text under 'completion'", "keys \(keyList(members))")
    }
    guard !completion.isEmpty else { throw fail("a completion with at least one character", "an empty one") }
    self = .completion(line: line, prompt: prompt, completion: completion)
  }

  private static func turns(
    _ value: JSONValue, _ fail: (String, String) -> TrainingFileError
  ) throws(TrainingFileError) -> [ChatTurn] {
    guard let messages = value.array, !messages.isEmpty else { throw fail("a list of messages", "none") }
    var turns: [ChatTurn] = []
    for message in messages {
      guard let role = message["role"]?.string, let content = message["content"]?.string else {
        throw fail("a text under 'role' and 'content' in every message", "a message without")
      }
      turns.append(ChatTurn(role: role, content: content))
    }
    guard let last = turns.last, last.role == "assistant" else {
      throw fail("an assistant's message at the end", "one of another role")
    }
    guard !last.content.isEmpty else {
      throw fail("an assistant's message with at least one character", "an empty one")
    }
    return turns
  }
}

private func keyList(_ members: [(key: String, value: JSONValue)]) -> String {
  members.prefix(6).map { "'\($0.key.prefix(40))'" }.joined(separator: ", ")
}
