package import Hone
package import HoneAPI

extension HoneError: Refusable {
  /// The sentence of an error that the caller can mend; of others only that there was one.
  package var refusal: Refusal {
    switch (fault, code) {
    case (.caller, "model_not_found"?): .unknownModel(description)
    case (.caller, "file_not_found"?): .unknownFile(description, parameter: parameter)
    case (.caller, _): Refusal(400, .invalidRequest, description, parameter: parameter, code: code)
    case (.machine, _): .server("The machine could not do this. The server's log says why, under this x-request-id.")
    case (.hone, _): .server("Something went wrong here. The server's log says what, under this x-request-id.")
    }
  }
}
