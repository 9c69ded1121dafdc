internal import Foundation

// What the process that has a home and the commands beside it say to each other, through a socket in the home.
//
// One request a connection, in lines of JSON (UTF-8, each ended by a line feed):
//
//     server  {"hone":"0.1.0","process":4711,"protocol":1}
//     client  {"job":{"id":"ftjob-1"}}
//     server  {"beat":{}}                  every two seconds while it works, and while nothing happens to a job
//     server  {"job":{"_0":{…}}}           one answer, and the end
//
// For `follow` the answer is a line `following`, any number of lines `event`, and a line `done`. After `addFile` the
// client sends pieces of the file, each a line with its length in bytes and then these bytes; a line `0` ends the
// file. What breaks off before that line is no file.

/// The first line of every connection, from the process that has the home.
struct TerminalHello: Codable, Sendable {
  /// Grows with every change after which older programs would misunderstand.
  static let currentProtocol = 1

  var hone = honeVersion
  var process = ProcessInfo.processInfo.processIdentifier
  var `protocol` = Self.currentProtocol
}

/// A request: a call of `ServiceClient` with what it is given.
enum TerminalRequest: Codable, Sendable, Equatable {
  case job(id: String)
  case jobs(query: ListQuery, filter: JobFilter)
  case follow(id: String, after: Int)
  case cancelJob(id: String)
  case pauseJob(id: String)
  case resumeJob(id: String)
  case deleteJob(id: String)
  case createJob(request: JobRequest, surface: JobSurface, owner: String)
  /// The bytes come after the line.
  case addFile(name: String, purpose: String, owner: String, expiresAfter: Int?)
  case createKey(NewKey)
  case keys
  case revokeKey(name: String)
  case usage(first: String, last: String, key: String?)
  case removeModel(name: String)

  /// What a key is to be.
  struct NewKey: Codable, Sendable, Equatable {
    var name: String
    var value: String?
    var scopes: [KeyScope]
    var owner: String?
    var requestsPerMinute: Int?
    var tokensPerMinute: Int?
  }
}

/// A line of an answer.
enum TerminalReply: Codable, Sendable, Equatable {
  /// The process lives and works.
  case beat
  case job(JobInfo)
  case jobs([JobInfo], hasMore: Bool)
  /// There is such a job: its events come now, as they happen.
  case following
  case event(JobEventInfo)
  case file(StoredFileInfo)
  case key(String, info: KeyInfo)
  case keys([KeyInfo])
  case usage([UsageLine])
  /// It is done, and there is nothing to tell.
  case done
  case refused(HoneError)
  /// Another error, in the words that a person would have read.
  case failed(String)

  init(_ error: any Error) {
    self = (error as? HoneError).map { .refused($0) } ?? .failed(describe(error))
  }
}

/// An error of another process that is no `HoneError`.
struct RemoteFailure: Error, Equatable, CustomStringConvertible {
  let description: String
}
