package import Hone
package import HoneAPI

extension HoneError: Refusable {
  /// The sentence of an error that the caller can mend; of others only that there was one.
  package var refusal: Refusal {
    switch (fault, kind, code) {
    case (_, .unavailable, _): .notReady(description, retryAfter: 2)
    case (.machine, _, _):
      .server("The machine could not do this. The server's log says why, under this x-request-id.")
    case (.hone, _, _): .server("Something went wrong here. The server's log says what, under this x-request-id.")
    // The sentence is part of the older API.
    case (_, .notFound, "fine_tune_not_found"?): .notFound(message, parameter: parameter)
    case (_, .notFound, _): .notFound(description, parameter: parameter, code: code)
    case (_, .invalid, "model_not_found"?): .unknownModel(description)
    case (_, .forbidden, _): refusal(403)
    case (_, .conflict, _): refusal(409)
    case (_, .busy, _): .busy(description, retryAfter: 5)
    case (_, .invalid, "file_too_large"?): refusal(413)
    case (_, .invalid, _): refusal(400)
    }
  }

  private func refusal(_ status: Int) -> Refusal {
    Refusal(status, .invalidRequest, description, parameter: parameter, code: code)
  }
}

extension ServingError: Refusable {
  package var refusal: Refusal {
    switch self {
    case .tooBusy(_, _, let seconds): .busy(description, retryAfter: seconds)
    }
  }
}
