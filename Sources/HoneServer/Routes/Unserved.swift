internal import HoneAPI

extension API {
  /// What clients may ask for and Hone does not do: told at once, and that trying again is of no use.
  static let unservedRoutes: [Route] = [
    "moderations", "responses", "assistants", "threads", "threads/runs", "edits", "evals", "images/generations",
    "images/edits", "images/variations", "audio/transcriptions", "audio/translations", "audio/speech", "batches",
    "realtime/sessions", "answers", "classifications", "search",
  ].flatMap { path in
    [Route.Method.get, .post].map { method in
      Route(method, path, scope: .read, summary: "Not served.") { _ in
        throw Refusal.unserved("Hone does not serve /\(path). See /openapi.json for what it serves.")
      }
    }
  }
}
