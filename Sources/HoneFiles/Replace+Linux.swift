#if os(Linux)
  internal import Foundation

  /// Whether two folders have changed places, at one instant. false: the file system or the library cannot.
  func swapped(_ a: URL, _ b: URL) -> Bool {
    guard let exchange = unsafe renameAt2 else { return false }
    return unsafe exchange(AT_FDCWD, a.path, AT_FDCWD, b.path, 2) == 0  // 2: RENAME_EXCHANGE
  }

  private typealias RenameAt2 =
    @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32

  /// The headers show this function to GNU sources only, and older libraries lack it: it is looked up.
  private let renameAt2: RenameAt2? = unsafe dlsym(nil, "renameat2").map { symbol in
    unsafe unsafeBitCast(symbol, to: RenameAt2.self)
  }
#endif
