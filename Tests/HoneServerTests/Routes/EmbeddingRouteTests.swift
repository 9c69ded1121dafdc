import Testing

import HoneAPI
import HoneServer

private struct Reply: Decodable {
  struct Item: Decodable {
    let object: String
    let index: Int
    let embedding: [Float]
  }
  struct Usage: Decodable { let prompt_tokens, total_tokens: Int }
  let object, model: String
  let data: [Item]
  let usage: Usage
}

@Test func embeddingsAnswerOnEverySurface() async throws {
  let bench = try await ServedBench()
  var found: [[Float]] = []
  for path in [
    "/v1/embeddings", "/v1/engines/text-embedding-ada-002/embeddings", "/openai/v1/embeddings",
    "/openai/deployments/text-embedding-ada-002/embeddings?api-version=2024-02-01",
  ] {
    let response = await bench.ask("POST", path, #"{"model":"text-embedding-ada-002","input":["beans","how many?"]}"#)
    try #require(response.status == 200, "\(path)")
    let reply = try response.decoded(Reply.self)
    #expect(reply.object == "list" && reply.model == "text-embedding-ada-002" && reply.data.map(\.index) == [0, 1])
    #expect(reply.usage.prompt_tokens == reply.usage.total_tokens && reply.usage.total_tokens == 4)
    #expect(response.headers["x-hone-model"] == "hone-static")
    found.append(reply.data[0].embedding)
  }
  #expect(found.allSatisfy { $0 == found[0] && $0.count == 256 })
}

@Test(arguments: [
  #"{"model":"hone-static"}"#, #"{"model":"hone-static","input":""}"#, #"{"model":"hone-static","input":[]}"#,
  #"{"model":"hone-static","input":["a",""]}"#, #"{"model":"hone-static","input":[[1,-1]]}"#,
  #"{"model":"hone-static","input":"a","dimensions":300}"#, #"{"model":"hone-static","input":"a","long":"x"}"#,
  #"{"model":"hone-static","input":"a","encoding_format":"x"}"#, #"{"model":"hone-static","input":"a","task":"x"}"#,
  #"{"model":"nano","input":"a"}"#, #"{"input":"a"}"#,
])
func aWrongEmbeddingRequestIsTheCallers(body: String) async throws {
  let response = try await ServedBench().ask("POST", "/v1/embeddings", body)
  #expect(response.status == 400)
  #expect(response.fault?.type == "invalid_request_error" && response.fault?.param != nil)
}
