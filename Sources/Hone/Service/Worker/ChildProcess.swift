internal import Foundation
internal import HoneJobs
internal import Synchronization

/// A process that this one started, with a pipe into it and one out of it. It inherits nothing else, so that neither
/// sockets nor other pipes live on in it.
final class ChildProcess: Sendable {
  let pid: pid_t
  private let input: Int32
  private let output: Int32
  private struct State {
    var isGone = false
    var isClosed = false
  }
  private let state = Mutex(State())

  /// One at a time: between the making of a pipe and the note that it is not to be inherited, none may be started.
  private static let turn = Mutex(())

  /// Starts `program`; `log` gets what it writes to standard error.
  ///
  /// - Throws: `HoneError` with the system's reason.
  init(_ program: URL, _ arguments: [String], log: URL) throws {
    signal(SIGPIPE, SIG_IGN)  // a worker that is gone must not take this process with it
    let started = try Self.turn.withLock { _ in try start(program, arguments, log: log) }
    (pid, input, output) = started
  }

  deinit { closeInput() }

  /// Writes a line; where the process reads no more, or not now, the line is lost.
  func say(_ word: WorkerWord) {
    let line = [UInt8](jsonLine(word))
    state.withLock { state in
      guard !state.isClosed else { return }
      _ = unsafe line.withUnsafeBytes { unsafe write(input, $0.baseAddress, $0.count) }
    }
  }

  /// Ends what the process reads: it then knows that nobody listens.
  func closeInput() {
    state.withLock { state in
      if !state.isClosed { close(input) }
      state.isClosed = true
    }
  }

  func kill() {
    state.withLock { state in
      if !state.isGone { _ = Foundation.kill(pid, SIGKILL) }
    }
  }

  /// Reads what the process writes until its end, on a thread of its own, then says how it ended.
  func follow(_ heard: @escaping @Sendable ([UInt8]) -> Void, ended: @escaping @Sendable (WorkerEnd) -> Void) {
    let thread = Thread { [self] in
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while true {
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(output, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        if count <= 0 { break }
        heard(Array(buffer[..<count]))
      }
      close(output)
      let end = wait()
      closeInput()
      ended(end)
    }
    thread.start()
  }

  /// The number of a process is its own until it is waited for; so nobody else is killed in its place.
  private func wait() -> WorkerEnd {
    var info = unsafe siginfo_t()
    while unsafe waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    return state.withLock { state in
      state.isGone = true
      var status: Int32 = 0
      while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
      let signal = status & 0x7F
      return signal == 0 ? .exited(code: (status >> 8) & 0xFF) : .killed(signal: signal)
    }
  }
}

private func start(_ program: URL, _ arguments: [String], log: URL) throws -> (pid_t, Int32, Int32) {
  func fail(_ code: Int32) -> HoneError {
    HoneError(
      "\(program.lastPathComponent): could not be started (\(unsafe String(cString: strerror(code))))",
      remedy: "check the installation", fault: .machine)
  }
  guard let words = makePipe() else { throw fail(errno) }
  guard let lines = makePipe() else {
    close(words.read)
    close(words.write)
    throw fail(errno)
  }
  let logged = unsafe open(log.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
  defer {
    for descriptor in [words.read, lines.write, logged] where descriptor >= 0 { close(descriptor) }
  }
  var pid: pid_t = 0
  let code = spawn(&pid, program.path, arguments, input: words.read, output: lines.write, error: logged)
  guard code == 0 else {
    close(words.write)
    close(lines.read)
    throw fail(code)
  }
  _ = fcntl(words.write, F_SETFL, O_NONBLOCK)  // a process that reads nothing must not hold this one
  return (pid, words.write, lines.read)
}

private func makePipe() -> (read: Int32, write: Int32)? {
  var ends: [Int32] = [0, 0]
  guard unsafe pipe(&ends) == 0 else { return nil }
  for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  return (ends[0], ends[1])
}

private func spawn(
  _ pid: inout pid_t, _ path: String, _ arguments: [String], input: Int32, output: Int32, error: Int32
) -> Int32 {
  var actions = unsafe spawnActions()
  unsafe posix_spawn_file_actions_init(&actions)
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }
  unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
  unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
  if error >= 0 { unsafe posix_spawn_file_actions_adddup2(&actions, error, 2) }
  var attributes = spawnAttributes()
  unsafe posix_spawnattr_init(&attributes)
  defer { unsafe posix_spawnattr_destroy(&attributes) }
  unsafe closeOthers(&actions, &attributes)
  let words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
  defer { unsafe words.forEach { unsafe free($0) } }
  return unsafe posix_spawn(&pid, path, &actions, &attributes, words, environ)
}
