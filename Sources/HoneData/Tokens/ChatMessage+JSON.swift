import Foundation
package import HoneFiles

/// Reads one line of a chat file: `{"messages":[{"role":…,"content":…},…]}`, or the list of messages alone.
///
/// `content` is a string, or a list of `{"type":"text","text":…}` parts, which are joined.
/// Throws: `notMessages` for anything else.
package func chatMessages(json: [UInt8]) throws(ConversationFault) -> [ChatMessage] {
  let decoder = JSONDecoder()
  let data = Data(json)
  if let row = try? decoder.decode(ChatRow.self, from: data) { return row.messages.map(\.message) }
  if let list = try? decoder.decode([WireMessage].self, from: data) { return list.map(\.message) }
  throw .notMessages
}

extension Table {
  /// Whether the rows are conversations: a column `messages` and none named `completion`.
  package var holdsConversations: Bool { columns.contains("messages") && !columns.contains("completion") }

  /// The conversations of the column `messages`, whose cells are the JSON text of a list of messages.
  ///
  /// Throws: `missingColumn`, `noRows`, or `badConversation` with the row counted from 1.
  package func conversations() throws(DataError) -> [[ChatMessage]] {
    guard let column = columns.firstIndex(of: "messages") else {
      throw .missingColumn(name: "messages", found: columns)
    }
    guard !rows.isEmpty else { throw .noRows }
    var conversations: [[ChatMessage]] = []
    for (row, cells) in rows.enumerated() {
      do { conversations.append(try chatMessages(json: Array(cells.cell(column).utf8))) } catch {
        throw .badConversation(line: row + 1, reason: error)
      }
    }
    return conversations
  }
}

private struct ChatRow: Decodable {
  var messages: [WireMessage]
}

private struct WireMessage: Decodable {
  var message: ChatMessage

  private enum Key: CodingKey { case role, content }

  /// A part that is not text is refused, for training without it would teach something else.
  private struct Part: Decodable {
    var text: String

    private enum Key: CodingKey { case type, text }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: Key.self)
      guard try fields.decode(String.self, forKey: .type) == "text" else {
        throw DecodingError.dataCorruptedError(forKey: .type, in: fields, debugDescription: "not text")
      }
      text = try fields.decode(String.self, forKey: .text)
    }
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    let role = try fields.decode(String.self, forKey: .role)
    if let parts = try? fields.decode([Part].self, forKey: .content) {
      message = ChatMessage(role: role, content: parts.map(\.text).joined())
    } else {
      message = ChatMessage(role: role, content: try fields.decodeIfPresent(String.self, forKey: .content) ?? "")
    }
  }
}
