import HoneData
import HoneFiles
import Testing

private func bytes(_ texts: [String]) -> [[Int32]] { texts.map { $0.utf8.map(Int32.init) } }

private func text(_ tokens: some Sequence<Int32>) -> String {
  String(decoding: tokens.map { $0 == 256 ? UInt8(ascii: "|") : UInt8($0) }, as: UTF8.self)
}

@Suite struct ChatTests {
  private let talk = [
    ChatMessage(role: "system", content: "Be brief."), ChatMessage(role: "user", content: "Hello"),
    ChatMessage(role: "assistant", content: "Hi."), ChatMessage(role: "user", content: "Bye"),
    ChatMessage(role: "assistant", content: "Bye."),
  ]

  @Test func onlyTheAssistantsTurnsAreLearned() throws {
    let rows = try tokenize(conversations: [talk], contextLength: 1000, endOfText: 256, encode: bytes)
    let example = try #require(rows.examples.first)
    #expect(
      text(example.tokens)
        == "System: Be brief.\n\nUser: Hello\n\nAssistant: Hi.|\n\nUser: Bye\n\nAssistant: Bye.|")
    #expect(example.learned.map { text(example.tokens[$0]) } == [" Hi.|", " Bye.|"])
    #expect(example.weights(prompt: 0).filter { $0 == 1 }.count == 11)
  }

  @Test func aRequestIsTheBeginningOfTheTrainingText() throws {
    let rows = try tokenize(conversations: [talk], contextLength: 1000, endOfText: 256, encode: bytes)
    let tokens = try #require(rows.examples.first).tokens
    for count in [2, 4] {
      let prompt = try ChatTemplate.prompt(Array(talk.prefix(count))).flatMap { piece -> [Int32] in
        switch piece {
        case .text(let text): text.utf8.map(Int32.init)
        case .endOfText: [256]
        }
      }
      #expect(Array(tokens.prefix(prompt.count)) == prompt)
      #expect(text(prompt).hasSuffix("Assistant:"))
    }
  }

  @Test func longConversationsAreCutAtTheFront() throws {
    let rows = try tokenize(conversations: [talk], lines: [3], contextLength: 40, endOfText: 256, encode: bytes)
    let example = try #require(rows.examples.first)
    #expect(example.tokens.count == 40)
    #expect(example.learned.last?.upperBound == 40)
    #expect(rows.cut == [CutRow(line: 3, tokens: 36)])
    #expect(throws: DataError.completionTooLong(line: 1, tokens: 6, contextLength: 5)) {
      try tokenize(conversations: [talk], contextLength: 5, endOfText: 256, encode: bytes)
    }
  }

  @Test(arguments: [
    ([ChatMessage(role: "user", content: "a")], ConversationFault.lastTurnIsNotAssistant(role: "user")),
    ([], .noMessages),
    (
      [ChatMessage(role: "narrator", content: "a"), ChatMessage(role: "assistant", content: "b")],
      .unknownRole("narrator")
    ),
    ([ChatMessage(role: "assistant", content: "")], .emptyAssistantTurn(turn: 1)),
  ])
  func conversationsThatCannotBeLearnedAreNamed(messages: [ChatMessage], fault: ConversationFault) {
    #expect(throws: DataError.badConversation(line: 1, reason: fault)) {
      try tokenize(conversations: [messages], contextLength: 100, endOfText: nil, encode: bytes)
    }
  }

  @Test func messagesAreReadFromJSON() throws {
    let line =
      #"{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},"#
      + #"{"role":"assistant","content":"c"},{"role":"assistant","content":null}]}"#
    let read = try chatMessages(json: Array(line.utf8))
    #expect(read.map(\.content) == ["ab", "c", ""])
    #expect(throws: ConversationFault.notMessages) { try chatMessages(json: Array(#"{"messages":[1]}"#.utf8)) }
    #expect(throws: ConversationFault.notMessages) { try chatMessages(json: []) }
  }

  @Test func aTableOfMessagesGivesConversations() throws {
    let cell = #"[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]"#
    let table = Table(columns: ["messages"], rows: [[cell], ["nonsense"]])
    #expect(table.holdsConversations)
    #expect(throws: DataError.badConversation(line: 2, reason: .notMessages)) { try table.conversations() }
    let sound = try Table(columns: ["messages"], rows: [[cell]]).conversations()
    #expect(sound == [[ChatMessage(role: "user", content: "a"), ChatMessage(role: "assistant", content: "b")]])
  }
}
