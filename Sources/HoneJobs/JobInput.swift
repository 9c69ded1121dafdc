/// What can happen to a job: the events of the state machine.
///
/// Whatever a worker says carries its lease. What comes from another lease than the present one is not heard.
package enum JobInput: Sendable, Hashable, Codable {
  /// The request was accepted. `JobOutcome.done` must be stored before the reply.
  case created

  // The server's own work.
  /// The files are good; so many jobs are ahead (`JobQueue.queueNumber`).
  case filesChecked(ahead: Int)
  case filesBad(JobFailure)
  /// Jobs ahead became fewer.
  case queueMoved(ahead: Int)
  /// The queue gives this job a place (`JobQueue.next`).
  case turnCame
  /// The tuned model answers requests, and the results file can be read.
  case published
  case publishFailed(reason: String)
  /// The clean-up that was asked for is done.
  case cleanedUp(JobCleanUp)
  /// This process has just read the job from the store, or an action before failed half-way.
  case serverRestarted

  // The worker.
  case workerStarted(pid: Int32, lease: Int)
  /// Report `number` of the worker's list.
  case reported(lease: Int, number: Int, JobReport)
  /// Training is done, after so many reports; the worker waits to be told to leave.
  case workerFinished(lease: Int, reports: Int)
  /// The worker cannot go on, and would fail the same way again; it made so many reports.
  case workerFailed(lease: Int, reports: Int, JobFailure)
  /// The process is gone, for whatever reason. `step`: the last one it was seen to work on.
  case workerVanished(lease: Int, step: Int?, WorkerEnd)
  /// The worker has said nothing for too long.
  case leaseLost(lease: Int, step: Int?)
  /// The worker answers, but has got nowhere for so many seconds (`WorkerProgress`).
  case workerStuck(lease: Int, step: Int?, seconds: Int)

  // The user.
  case cancelAsked
  case pauseAsked
  case resumeAsked
  case deleteAsked
  case fileDeleted(JobFile)
}
