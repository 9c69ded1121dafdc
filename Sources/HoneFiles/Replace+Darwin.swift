#if canImport(Darwin)
  internal import Foundation

  /// Whether two folders have changed places, at one instant. false: the file system cannot.
  func swapped(_ a: URL, _ b: URL) -> Bool { unsafe renamex_np(a.path, b.path, UInt32(RENAME_SWAP)) == 0 }
#endif
