import HoneAPI
import Testing

/// One row of the table of errors.
private struct Row: CustomTestStringConvertible, Sendable {
  let refusal: Refusal
  let status: Int
  let type: String
  var parameter: String?
  var code: String?
  var headers: [String] = []

  var testDescription: String { "\(status)" }
}

private let rows: [Row] = [
  Row(refusal: Refusal(.notUTF8), status: 400, type: "invalid_request_error"),
  Row(refusal: Refusal(.notJSON(offset: 3, expected: "a colon")), status: 400, type: "invalid_request_error"),
  Row(
    refusal: Refusal(.missing(parameter: "model", expected: "a string")), status: 400, type: "invalid_request_error",
    parameter: "model", code: "missing_required_parameter"),
  Row(
    refusal: .invalid("n", "m"), status: 400, type: "invalid_request_error", parameter: "n", code: "invalid_value"),
  Row(
    refusal: .contextLength("prompt", "m"), status: 400, type: "invalid_request_error", parameter: "prompt",
    code: "context_length_exceeded"),
  Row(refusal: .key("m"), status: 401, type: "invalid_request_error", code: "invalid_api_key"),
  Row(refusal: .forbidden("m"), status: 403, type: "invalid_request_error"),
  Row(refusal: .notFound("m"), status: 404, type: "invalid_request_error"),
  Row(
    refusal: .unknownModel("m"), status: 404, type: "invalid_request_error", parameter: "model",
    code: "model_not_found"),
  Row(refusal: .unknownDeployment("m"), status: 404, type: "invalid_request_error", code: "DeploymentNotFound"),
  Row(refusal: .unknownFile("m"), status: 404, type: "invalid_request_error", code: "file_not_found"),
  Row(refusal: .unknownFineTune("ft-x"), status: 404, type: "invalid_request_error", parameter: "fine_tune_id"),
  Row(
    refusal: .method("m", allow: ["GET", "POST"]), status: 405, type: "invalid_request_error",
    headers: ["allow: GET, POST"]),
  Row(refusal: .conflict("m"), status: 409, type: "invalid_request_error"),
  Row(refusal: .tooLarge("m"), status: 413, type: "invalid_request_error"),
  Row(refusal: .mediaType("m"), status: 415, type: "invalid_request_error"),
  Row(
    refusal: .busy("m", retryAfter: 2), status: 429, type: "rate_limit_error", code: "rate_limit_exceeded",
    headers: ["retry-after: 2"]),
  Row(refusal: .server("m"), status: 500, type: "server_error"),
  Row(
    refusal: .unserved("m"), status: 501, type: "invalid_request_error", code: "not_implemented",
    headers: ["x-should-retry: false"]),
  Row(refusal: .notReady("m", retryAfter: 5), status: 503, type: "server_error", headers: ["retry-after: 5"]),
]

@Test(arguments: rows)
private func aRefusalHasItsStatusTypeCodeAndHeaders(_ row: Row) {
  let fault = row.refusal.reply.error
  #expect(row.refusal.status == row.status && fault.type == row.type)
  #expect(fault.param == row.parameter && fault.code == row.code)
  #expect(row.refusal.headers.map { "\($0.name): \($0.value)" } == row.headers)
  #expect(!fault.message.isEmpty)
}

@Test func anUnknownFineTuneIsToldInTheOldWords() {
  #expect(Refusal.unknownFineTune("ft-x").reply.error.message == "No fine-tune job: ft-x")
}

@Test(arguments: [
  RequestError.notUTF8, .notJSON(offset: 3, expected: "a colon"), .tooDeep(limit: 64), .numberTooLarge(offset: 1),
  .missing(parameter: "n", expected: "an integer"), .wrong(parameter: nil, expected: "an object", found: "a list"),
  .unserved(parameter: "tools", expected: "null"),
])
private func anErrorSaysWhatWasExpectedAndFoundAndWhatToDo(_ error: RequestError) {
  let words = error.description
  #expect(words.contains("expected ") && words.contains("; "))
  #expect(words.hasPrefix("\(error.parameter ?? "body"): "))
  #expect(!words.contains("nil") && !words.contains("Optional"))
}
