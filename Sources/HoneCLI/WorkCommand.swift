import ArgumentParser
import Foundation
import Hone

/// What a service starts for each job; nobody types it.
struct WorkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work", abstract: "Train the job of a folder, told and heard through pipes.", shouldDisplay: false)
  @Argument(help: "The job's folder.") var folder: String
  @Option(help: "Leave out reports up to this number.") var afterReport = 0
  @Option(help: "How much to give way to other processes, 0 to 19.") var nice = 19

  func run() throws {
    Home.work(in: URL(fileURLWithPath: folder, isDirectory: true), afterReport: afterReport, nice: nice)
  }
}
