import Foundation
import Hone
import HoneAPI
import HoneServer
import Testing

@Suite struct AccessTests {
  @Test func aHomeWithoutKeysIsOpenOnLoopbackUntilOneIsMade() async throws {
    let bench = try await ServedBench(keys: true)
    #expect(await bench.ask("GET", "/v1/models", key: "anything").status == 200)
    let made = try await bench.service.createKey(name: "reader", scopes: [.read])
    #expect(await bench.ask("GET", "/v1/models").status == 401)
    let wrong = await bench.ask("GET", "/v1/models", key: "sk-wrong-key")
    #expect(wrong.status == 401 && !wrong.text.contains("sk-wrong-key") && wrong.fault?.code == "invalid_api_key")
    #expect(await bench.ask("GET", "/v1/models", key: made.key).status == 200)
    #expect(await bench.ask("POST", "/v1/completions", "{}", key: made.key).status == 403)
    let usage = try await bench.service.usage(key: made.info.id)
    #expect(usage.map(\.requests) == [2])
  }

  @Test func beyondLoopbackThereIsNoWayWithoutAKey() async throws {
    let bench = try await ServedBench()
    let keys = ServiceKeys(bench.service, isLocal: false)
    await #expect(throws: Refusal.self) { try await keys.identity(presented: nil) }
    await #expect(throws: Refusal.self) { try await keys.identity(presented: "sk-anything") }
  }

  @Test func tokensAreCountedForTheKey() async throws {
    let bench = try await ServedBench(keys: true)
    let key = try await bench.service.createKey(name: "all", tokensPerMinute: 40)
    let body = #"{"model":"ada","prompt":"x","max_tokens":30,"temperature":0}"#
    let first = await bench.ask("POST", "/v1/completions", body, key: key.key)
    let counted = try first.decoded(CompletionReply.self).usage
    let late = await bench.ask("POST", "/v1/completions", body, key: key.key)
    #expect(late.status == 429 && late.headers["retry-after"] != nil)
    let usage = try #require(try await bench.service.usage(key: key.info.id).first)
    #expect(usage.promptTokens == 1 && (1...30).contains(usage.completionTokens))
    #expect(usage.promptTokens == counted?.promptTokens && usage.completionTokens == counted?.completionTokens)
  }

  @Test func modelsThatShipWithHoneStay() async throws {
    let bench = try await ServedBench()
    #expect(await bench.ask("DELETE", "/v1/models/ada").status == 403)
    #expect(await bench.ask("DELETE", "/v1/models/nobody").status == 404)
    let model = try await bench.ask("GET", "/openai/models/nano?api-version=2022-12-01").decoded(ModelObject.self)
    #expect(model.status == "succeeded" && model.capabilities?.inference == true)
  }

  @Test func aDeploymentAnswersUnderItsName() async throws {
    let bench = try await ServedBench()
    let version = "?api-version=2022-12-01"
    let made = await bench.ask(
      "POST", "/openai/deployments\(version)", #"{"model":"ada","scale_settings":{"scale_type":"manual","capacity":2}}"#
    )
    #expect(made.status == 201)
    let deployment = try made.decoded(DeploymentObject.self)
    #expect(deployment.model == "ada" && deployment.scaleSettings.capacity == 2 && deployment.status == .succeeded)
    let answer = await bench.ask(
      "POST", "/openai/deployments/\(deployment.id)/completions\(version)", #"{"prompt":"x","max_tokens":1}"#)
    #expect(try answer.decoded(CompletionReply.self).model == deployment.id)
    #expect(await bench.ask("DELETE", "/openai/deployments/\(deployment.id)\(version)").status == 200)
    #expect(
      await bench.ask("GET", "/openai/deployments/\(deployment.id)\(version)").fault?.code == "DeploymentNotFound")
    #expect(await bench.ask("GET", "/v1/deployments").status == 404)
  }

  @Test func repliesHaveTheFieldsOfTheDescription() async throws {
    let bench = try await ServedBench()
    let file = try await bench.trainingFile()
    let job = try await bench.ask("POST", "/v1/fine-tunes", #"{"training_file":"\#(file)"}"#).decoded(
      FineTuneObject.self)
    let calls: [(String, String, String?)] = [
      ("GET", "/v1/models", nil), ("GET", "/v1/models/ada", nil), ("GET", "/v1/engines", nil),
      ("GET", "/v1/engines/ada", nil), ("GET", "/v1/files", nil), ("GET", "/v1/files/\(file)", nil),
      ("POST", "/v1/completions", #"{"model":"ada","max_tokens":1}"#),
      ("POST", "/v1/chat/completions", #"{"model":"ada","max_tokens":1,"messages":[{"role":"user","content":"x"}]}"#),
      ("POST", "/v1/uploads", #"{"bytes":3,"filename":"a","mime_type":"text/plain","purpose":"batch"}"#),
      ("GET", "/v1/fine-tunes", nil), ("GET", "/v1/fine-tunes/\(job.id)", nil),
      ("GET", "/v1/fine-tunes/\(job.id)/events", nil), ("GET", "/v1/fine_tuning/jobs", nil),
      ("GET", "/v1/fine_tuning/jobs/\(job.id)", nil), ("GET", "/v1/fine_tuning/jobs/\(job.id)/events", nil),
      ("GET", "/v1/fine_tuning/jobs/\(job.id)/checkpoints", nil), ("POST", "/v1/fine-tunes/\(job.id)/cancel", nil),
      ("DELETE", "/v1/fine-tunes/\(job.id)", nil), ("GET", "/openai/deployments", nil),
      ("DELETE", "/v1/files/\(file)", nil),
    ]
    let table = RouteTable(bench.routes)
    for (method, target, body) in calls {
      let (route, _) = try table.find(method, RequestTarget(target))
      let response = await bench.ask(method, target, body)
      let object = try JSONSerialization.jsonObject(with: Data(response.text.utf8)) as? [String: Any]
      #expect(response.status == 200 && !route.replyFields.isEmpty)
      #expect(Set(route.replyFields).isSubset(of: Set((object ?? [:]).keys)), "\(method) \(target)")
    }
  }
}
