import ArgumentParser

@main struct HoneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "hone")
}
