import ArgumentParser
import Foundation
import Hone

struct JobsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs", abstract: "List, show, follow and steer fine-tuning jobs.",
    discussion: """
      EXAMPLES
        hone jobs list
        hone jobs follow ft-AbC...
      """,
    subcommands: [
      List.self, Show.self, Follow.self, Cancel.self, Pause.self, Resume.self, Remove.self,
    ], defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "All jobs, the newest first.")
    @Option(help: "How many.") var limit = 20
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let jobs = try await withService { try await $0.jobs(ListQuery(limit: limit), filter: .any).data }
      if output.json { return try printJSON(["data": jobs.map(JobLine.init)]) }
      printColumns(
        [["ID", "STATUS", "STEP", "MODEL", "TUNED MODEL"]]
          + jobs.map { [$0.id, $0.status, progress($0), $0.model, $0.fineTunedModel ?? "-"] })
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "What a job was asked to do and how far it is.")
    @Argument(help: "The job's id.") var id: String
    @OptionGroup var output: OutputOptions

    func run() async throws { try show(try await withService { try await $0.job(id) }, output) }
  }

  struct Follow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "follow", abstract: "Print a job's events as they come, until it has ended.",
      discussion: "An interrupt ends the printing alone. Where no server runs, this process trains the home's jobs.")
    @Argument(help: "The job's id.") var id: String

    func run() async throws {
      let job = try await withService(runsJobs: true) { service in
        for await event in try await service.eventStream(ofJob: id, after: 0) { printEvent(event) }
        return try await service.job(id)
      }
      guard job.status == "succeeded" else { throw ExitCode.failure }
      print("Model: \(job.fineTunedModel ?? "-")")
    }
  }

  struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "cancel", abstract: "End a job for good.")
    @Argument(help: "The job's id.") var id: String
    @OptionGroup var output: OutputOptions

    func run() async throws { try show(try await withService { try await $0.cancelJob(id) }, output) }
  }

  struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "pause", abstract: "Stop a job after its present step, to go on later.")
    @Argument(help: "The job's id.") var id: String
    @OptionGroup var output: OutputOptions

    func run() async throws { try show(try await withService { try await $0.pauseJob(id) }, output) }
  }

  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "resume", abstract: "Put a paused job back into the queue.")
    @Argument(help: "The job's id.") var id: String
    @OptionGroup var output: OutputOptions

    func run() async throws { try show(try await withService { try await $0.resumeJob(id) }, output) }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rm", abstract: "Delete a job with its events and checkpoints; the model it made stays.")
    @Argument(help: "The job's id.") var id: String

    func run() async throws { try await withService { try await $0.deleteJob(id) } }
  }
}

/// A job as the terminal's JSON shows it.
private struct JobLine: Encodable {
  let id, status, model: String
  let createdAt, step: Int
  let totalSteps: Int?
  let fineTunedModel: String?
  let trainingFile: String
  let hyperparameters: JobHyperparameters
  let failure: JobInfo.Failure?

  init(_ job: JobInfo) {
    (id, status, model, createdAt, step) = (job.id, job.status, job.model, job.createdAt, job.step)
    (totalSteps, fineTunedModel, trainingFile) = (job.totalSteps, job.fineTunedModel, job.trainingFile)
    (hyperparameters, failure) = (job.hyperparameters, job.failure)
  }
}

private func progress(_ job: JobInfo) -> String { job.totalSteps.map { "\(job.step)/\($0)" } ?? "-" }

private func text(_ value: (some CustomStringConvertible)?) -> String { value.map { "\($0)" } ?? "-" }

private func show(_ job: JobInfo, _ output: OutputOptions) throws {
  if output.json { return try printJSON(JobLine(job)) }
  let settings = job.hyperparameters
  let names: [[String]] = [
    ["id", job.id], ["status", job.status], ["model", job.model], ["tuned model", job.fineTunedModel ?? "-"],
    ["step", progress(job)], ["training file", job.trainingFile], ["validation file", job.validationFile ?? "-"],
  ]
  var rows = names
  rows.append(["epochs", text(settings.epochs)])
  rows.append(["batch size", text(settings.batchSize)])
  rows.append(["learning rate multiplier", text(settings.learningRateMultiplier)])
  rows.append(["prompt loss weight", text(settings.promptLossWeight)])
  rows.append(["seed", text(job.seed)])
  if let failure = job.failure { rows.append(["failed", failure.message]) }
  printColumns(rows)
}

/// A line of a job's event list, with the local time of day.
func printEvent(_ event: JobEventInfo) {
  let formatter = DateFormatter()
  formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
  let time = formatter.string(from: Date(timeIntervalSince1970: TimeInterval(event.createdAt)))
  // Written at once, also into a file or a pipe.
  FileHandle.standardOutput.write(Data("[\(time)] \(event.message)\n".utf8))
}

/// Asks the service of the home for something, and lets go of it.
func withService<Value>(
  runsJobs: Bool = false, _ body: (any ServiceClient) async throws -> Value
) async throws -> Value {
  try await reporting {
    let service = try await Home().service(runsJobs: runsJobs)
    do {
      let value = try await body(service)
      await service.leave()
      return value
    } catch {
      await service.leave()
      throw error
    }
  }
}
