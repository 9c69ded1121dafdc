import HoneAPI
import Testing

private func form(_ items: [(String, String)]) throws(RequestError) -> FileCreate {
  try FileCreate(form: items.map { (name: $0.0, value: $0.1) })
}

@Test(arguments: [
  "fine-tune", "batch", "assistants", "user_data", "vision", "evals", "search", "answers", "classifications",
])
private func aFileMayBeSentForThesePurposes(_ purpose: String) throws {
  #expect(try form([("purpose", purpose)]).purpose.rawValue == purpose)
}

@Test(arguments: ["fine-tune-results", "batch_output", "assistants_output", "", "Fine-tune", "fine_tune"])
private func aFileMayNotBeSentForOtherPurposes(_ purpose: String) {
  let error = #expect(throws: RequestError.self) { try form([("purpose", purpose)]) }
  #expect(error?.parameter == "purpose" && error?.code == "invalid_value")
  let json = #"{"purpose":"\#(purpose)","filename":"a","content_url":"b"}"#
  #expect(refusal(json, FileImport.self)?.parameter == "purpose")
}

@Test func aFormSaysWhatItsPartsSay() throws {
  let file = try form([
    ("expires_after[seconds]", "3600"), ("model", "ada"), ("purpose", "fine-tune"),
    ("expires_after[anchor]", "created_at"),
    ("zebra", ""), ("file", ""),
  ])
  #expect(file.purpose == .fineTune && file.model == "ada" && file.unknownFields == ["zebra"])
  #expect(file.expiresAfter == FileCreate.Expiry(seconds: 3600))
}

@Test(
  arguments: [
    ([], "purpose", "missing_required_parameter"),
    ([("expires_after[seconds]", "1")], "expires_after[anchor]", "missing_required_parameter"),
    ([("expires_after[anchor]", "created_at")], "expires_after[seconds]", "missing_required_parameter"),
    ([("expires_after[anchor]", "now"), ("expires_after[seconds]", "1")], "expires_after[anchor]", "invalid_value"),
    (
      [("expires_after[anchor]", "created_at"), ("expires_after[seconds]", "1.5")], "expires_after[seconds]",
      "invalid_value"
    ),
  ] as [([(String, String)], String, String)])
private func aWrongPartNamesItself(_ items: [(String, String)], _ parameter: String, _ code: String) {
  let purpose = items.isEmpty ? [] : [("purpose", "fine-tune")]
  let error = #expect(throws: RequestError.self) { try form(purpose + items) }
  #expect(error?.parameter == parameter && error?.code == code)
}
