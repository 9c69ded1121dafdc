#if canImport(Darwin)
  internal import Foundation

  /// There is no list of command lines here: a worker that nobody listens to leaves after its step.
  func killWorker(of folder: URL) {}
#endif
