import Foundation
import Hone
import HoneAPI
import HoneServer
import Testing

@Suite struct OperationTests {
  private func router(metrics: Metrics = Metrics(), isReady: Bool = true) -> Router {
    let routes = testRoutes()
    let own = Route.operation(describing: routes, version: "1.2", metrics: metrics) { isReady }
    return testRouter(routes + own, keys: TestKeys(), metrics: metrics)
  }

  @Test func healthAndReadinessNeedNoKey() async {
    #expect(await router().answer(PlainRequest("GET", "/health")).text == #"{"status":"ok"}"#)
    #expect(await router().answer(PlainRequest("GET", "/ready")).text == #"{"status":"ready"}"#)
    let late = await router(isReady: false).answer(PlainRequest("GET", "/ready"))
    #expect(late.status == 503 && late.headers["retry-after"] == "1")
  }

  @Test func countersNeedAKeyAndHoldNothingOfTheCallers() async throws {
    let metrics = Metrics()
    metrics.add { [.init("hone_queue_jobs", .gauge, "Jobs that wait.", 3)] }
    let router = router(metrics: metrics)
    #expect(await router.answer(PlainRequest("GET", "/metrics")).status == 401)
    try await withServer(router) { place, _ in
      let client = try await RawClient(place)
      await client.send(get("/v1/files/some-id", "api-key: boss\r\n"))
      await client.wait(for: "200 OK")
      await client.send(get("/some/path"))
      await client.wait(for: "404 ")
      await client.send(get("/metrics", "api-key: boss\r\n"))
      let text = await client.wait(for: "hone_queue_jobs 3.0\n")
      #expect(text.contains("hone_requests_total{route=\"/files/{id}\",method=\"GET\",status=\"200\"} 1\n"))
      #expect(text.contains("hone_requests_total{route=\"unknown\",method=\"GET\",status=\"404\"} 1\n"))
      #expect(text.contains("hone_request_seconds_bucket{route=\"/files/{id}\",le=\"+Inf\"} 1\n"))
      let counters = try #require(text.split(separator: "# HELP", maxSplits: 1).last)
      #expect(!counters.contains("some-id") && !counters.contains("some/path"))
    }
  }

  @Test func aHomeTellsOfItsJobsFilesTokensAndModels() async throws {
    let bench = try await ServedBench()
    let metrics = Metrics()
    metrics.watch(bench.service, bench.shelf, bench.stores)
    let file = try await bench.trainingFile()
    for path in ["fine-tunes", "fine-tunes"] {
      _ = await bench.ask("POST", "/v1/\(path)", #"{"training_file":"\#(file)","model":"ada"}"#)
    }
    _ = await bench.ask(
      "POST", "/v1/uploads", #"{"filename":"a","purpose":"batch","bytes":1,"mime_type":"x"}"#)
    let completed = await bench.ask("POST", "/v1/completions", #"{"model":"ada","prompt":"x","max_tokens":4}"#)
    let usage = try #require(try completed.decoded(CompletionReply.self).usage)
    _ = try await bench.service.usage()  // keeps what was only counted
    let text = await metrics.text()
    let bytes = try await bench.service.file(file).bytes
    for line in [
      "# TYPE hone_jobs gauge", #"hone_jobs{state="running"} 0.0"#, #"hone_uploads{state="pending"} 1.0"#,
      "hone_workers 0.0", "hone_files 1.0", "hone_file_bytes \(Double(bytes))", "# TYPE hone_tokens_total counter",
      #"hone_tokens_total{kind="prompt"} 1.0"#,
      #"hone_tokens_total{kind="completion"} \#(Double(usage.completionTokens))"#, "hone_loaded_models 1.0",
      "hone_model_loads_total 1.0", #"hone_sequences{state="active"} 0.0"#, #"hone_sequences{state="waiting"} 0.0"#,
      "hone_model_memory_bytes \(Double(1 << 30))",
    ] { #expect(text.contains(line + "\n"), "\(line) in\n\(text)") }
    // The jobs wait or are about to.
    let waiting = ["queued", "validating_files"].map { state in
      text.split(separator: "\n").first { $0.hasPrefix("hone_jobs{state=\"\(state)\"} ") }?.split(separator: " ").last
    }
    #expect(waiting.compactMap { $0.flatMap { Double($0) } }.reduce(0, +) == 2)
    let names = text.split(separator: "\n").filter { $0.hasPrefix("# TYPE") }.map { $0.split(separator: " ")[2] }
    #expect(Set(names).count == names.count)
  }

  @Test func theDescriptionHoldsEveryRoute() async throws {
    let reply = await router().answer(PlainRequest("GET", "/openapi.json"))
    let all = try #require(try JSONSerialization.jsonObject(with: Data(reply.text.utf8)) as? [String: Any])
    let paths = try #require(all["paths"] as? [String: [String: Any]])
    #expect(all["openapi"] as? String == "3.1.0")
    for route in testRoutes() {
      for prefix in ["/v1", "/openai/v1"] where route.surfaces.contains(.openAI) {
        let operation = paths[prefix + route.pattern.text]?[route.method.rawValue.lowercased()] as? [String: Any]
        #expect(operation?["summary"] as? String == route.summary)
      }
    }
    #expect(paths["/fine-tunes/{id}/events"] != nil && paths["/openapi.json"] != nil)
    #expect(paths["/v1/deployments/{name}/completions"] == nil)
  }

  @Test func repliesHaveTheFieldsThatTheDescriptionPromises() async throws {
    let router = router()
    for (route, target) in [("/files", "/v1/files"), ("/health", "/health"), ("/openapi.json", "/openapi.json")] {
      let reply = await router.answer(PlainRequest("GET", target, headers: [("api-key", "boss")]))
      let object = try #require(try JSONSerialization.jsonObject(with: Data(reply.text.utf8)) as? [String: Any])
      let description = await router.answer(PlainRequest("GET", "/openapi.json"))
      let promised = try #require(
        try promisedFields(in: Data(description.text.utf8), path: target == "/v1/files" ? "/v1\(route)" : route))
      #expect(!promised.isEmpty && promised.allSatisfy { object[$0] != nil }, "\(route)")
    }
  }

  private func promisedFields(in description: Data, path: String) throws -> [String]? {
    var place: Any? = try JSONSerialization.jsonObject(with: description)
    for key in ["paths", path, "get", "responses", "200", "content", "application/json", "schema", "required"] {
      place = (place as? [String: Any])?[key]
    }
    return place as? [String]
  }
}
