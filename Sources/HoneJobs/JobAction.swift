/// What is to be done about a job. Actions are carried out in the order given; each may be carried out twice without
/// harm, which is what a crash between two of them leads to.
package enum JobAction: Sendable, Hashable {
  /// Replace the stored state. Comes before every other action of its change.
  case store(JobState)
  /// Add to the event list, unless that number is there.
  case append(JobEvent)
  /// Add to the list of checkpoints, unless that step is there.
  case keep(JobCheckpoint)
  /// Look into the training and validation files; ends in `.filesChecked` or `.filesBad`.
  case checkFiles
  /// Start a process that goes on from the newest checkpoint and leaves out the first `afterReport` reports.
  case startWorker(lease: Int, afterReport: Int)
  case signal(Worker, WorkerSignal)
  /// A worker of an earlier server may live: make sure that none holds the job's folder, then say `.workerVanished`.
  /// `pid` is where to look; after a reboot it may belong to another process.
  case reap(pid: Int32?, lease: Int)
  /// The job waits for a turn, not before this second.
  case requeue(notBefore: Int)
  /// Put model and results file in place under these names; ends in `.published` or `.publishFailed`.
  case publish(model: String, resultFile: String)
  /// Remove from the job's folder; ends in `.cleanedUp`.
  case cleanUp(JobCleanUp)
  /// Remove the record, the event list and the list of checkpoints.
  case forget
}

/// What a worker is told.
package enum WorkerSignal: Sendable, Hashable {
  /// Finish this step, save, leave.
  case stop
  /// End at once.
  case kill
  /// Nothing is left to do: leave.
  case leave
  /// Some reports did not arrive: make them again from this number on.
  case report(from: Int)
}

/// What came of an event.
package enum JobOutcome: Sendable, Hashable {
  /// It was taken up; carry these out in order.
  case done([JobAction])
  /// Nothing changed.
  case ignored(JobIgnored)

  package var actions: [JobAction] {
    if case .done(let actions) = self { return actions }
    return []
  }

  package var ignored: JobIgnored? {
    if case .ignored(let reason) = self { return reason }
    return nil
  }
}

/// Why an event changes nothing. Those a user can cause carry the sentence for the reply.
package enum JobIgnored: String, Sendable, Hashable, CaseIterable {
  case notCreated, repeated, staleLease, filesNotAwaited, notWaiting, tooEarly, nothingNew, notPublishing, notDue
  case alreadyEnded, alreadyPaused, notPaused, filesBeingChecked, beingPublished, alreadyDeleted, dataIsHeld

  /// What a user who asked for it is told.
  package var sentence: String {
    switch self {
    case .alreadyEnded: "the job has already ended"
    case .alreadyPaused: "the job is already paused"
    case .notPaused: "the job is not paused"
    case .filesBeingChecked: "the job's files are still being checked; try again in a moment"
    case .beingPublished: "training is done and the model is being put in place; try again in a moment"
    case .alreadyDeleted, .notCreated: "there is no such job"
    case .dataIsHeld: "the job has read the file already"
    case .repeated, .staleLease, .filesNotAwaited, .notWaiting, .tooEarly, .nothingNew, .notPublishing, .notDue:
      "nothing was to be done"
    }
  }
}
