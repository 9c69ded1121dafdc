internal import Foundation

/// What to tell a person about any error that a call of Hone throws, on one line.
public func describe(_ error: any Error) -> String {
  if error is CancellationError { return "stopped" }
  if error is CocoaError || error is POSIXError { return error.localizedDescription }
  return String(describing: error)
}
