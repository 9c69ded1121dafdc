import Hone
import HoneAPI
import HoneServer
import Testing

@Suite struct ErrorTests {
  @Test(
    arguments: [
      (HoneError("no n", remedy: "give n", parameter: "n", code: "invalid_value"), 400, "n"),
      (HoneError("no model", remedy: "pull it", code: "model_not_found"), 404, "model"),
      (
        HoneError("no file", remedy: "send it", parameter: "id", code: "file_not_found", kind: .notFound), 404, "id"
      ),
      (
        HoneError("no file", remedy: "send it", parameter: "training_file", code: "file_not_found"), 400,
        "training_file"
      ),
      (HoneError("in use", remedy: "wait", parameter: "model", kind: .conflict), 409, "model"),
      (HoneError("a base model", remedy: "leave it", parameter: "model", kind: .forbidden), 403, "model"),
      (HoneError("too large", remedy: "divide it", parameter: "file", code: "file_too_large"), 413, "file"),
    ] as [(HoneError, Int, String)])
  func whatTheCallerCanMendIsSaid(error: HoneError, status: Int, parameter: String) {
    #expect(error.refusal.status == status)
    #expect(error.refusal.reply.error.param == parameter)
    #expect(error.refusal.reply.error.message == error.description)
  }

  @Test(arguments: [HoneError.Fault.hone, .machine])
  func whatTheCallerCannotMendIsNot(fault: HoneError.Fault) {
    let error = HoneError("/home/someone/secret is full", remedy: "make room", fault: fault)
    #expect(error.refusal.status == 500)
    #expect(!error.refusal.reply.error.message.contains("secret"))
  }
}
