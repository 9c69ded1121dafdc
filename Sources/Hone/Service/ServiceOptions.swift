public import Foundation
package import HoneJobs

/// How a service runs.
public struct ServiceOptions: Sendable {
  /// Jobs that train at the same time.
  public var workers = 1
  /// Jobs that have not ended, at most.
  public var queueCapacity = 1000
  /// Bytes of one file, at most.
  public var largestFile = 512 << 20
  /// How much training gives way to others, 0 to 19.
  public var nice = Environment.value("HONE_NICE").flatMap(Int.init) ?? 19
  /// A worker that says nothing for so many seconds is taken for dead.
  public var leaseSeconds = 60.0
  /// The program that is started as `hone work`; nil: this one.
  public var program: URL?
  /// Whether jobs are trained, or only looked at and told what is to become of them.
  public var runsJobs = true
  /// Whether commands of the home's owner may speak to this process, through a socket in the home that only he can
  /// open. They have all rights; no key is asked for.
  public var answersTerminals = false
  /// What this process is called in the message to those who find the home in use.
  public var name = "hone"
  /// Seconds since 1970.
  package var clock: @Sendable () -> Int = { Int(Date().timeIntervalSince1970) }
  /// When a worker that answers and gets nowhere is ended.
  package var hangPolicy = HangPolicy()
  /// When a job whose worker keeps dying is given up.
  package var crashPolicy = CrashPolicy()

  public init() {}

  /// The program that workers run.
  var workerProgram: URL {
    program ?? Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments.first ?? "hone")
  }
}
