import ArgumentParser
import Foundation
import Hone
import HoneServer

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Answer clients of OpenAI and Azure, and train their jobs.",
    discussion: """
      EXAMPLES
        hone serve
        hone serve --port 9000 --memory 2048
        hone keys create --name laptop && hone serve --host 0.0.0.0

      SIGTERM ends it: requests at hand are answered, jobs go on at the next start.
      The other commands work beside it; those about jobs, keys and usage ask it through a socket in the home, which
      only the home's owner can open.
      """)

  @Option(help: "The address to listen at. Beyond this machine a key is needed.") var host = "127.0.0.1"
  @Option(help: "The port; 0 takes any free one.") var port = 8080
  @Option(help: "MB that the models in memory may take together (default: half of the machine's).") var memory: Int?
  @Option(help: "How weights are held: float32, bfloat16 or int8.") var weights = WeightPrecision.float32
  @Option(help: "A name besides those of loopback under which clients ask, as behind a proxy.") var publicHost: String?
  @Flag(help: "No line for each request.") var quiet = false

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port: expected 0 to 65535, found \(port)") }
    if let memory, !(1...1 << 30).contains(memory) {
      throw ValidationError("--memory: expected 1 MB or more, found \(memory)")
    }
  }

  func run() async throws {
    var options = ServedHome.Options()
    options.server = ServerOptions(.port(host: host, port: port))
    options.server.publicHost = publicHost
    options.service.name = "hone serve"
    options.memory = memory.map { $0 << 20 } ?? Int(clamping: ProcessInfo.processInfo.physicalMemory / 2)
    options.weights = weights
    options.logsRequests = !quiet
    try await reporting {
      let (host, options) = (host, options)
      try await ServedHome(Home(), options).run { welcome in show(welcome, host: host) }
    }
  }
}

/// The three lines that a client needs.
private func show(_ welcome: ServedHome.Welcome, host: String) {
  guard case .port(let port) = welcome.place else { return }
  let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
  let base = "http://\(name):\(port)/v1"
  let header = welcome.needsKey ? " -H \"Authorization: Bearer $OPENAI_API_KEY\"" : ""
  let lines = [
    "base URL  \(base)",
    "API key   \(welcome.needsKey ? "one of `hone keys list`" : "any text; none was made here")",
    "try       curl \(base)/completions -H 'Content-Type: application/json'\(header)"
      + " -d '{\"model\":\"ada\",\"prompt\":\"Once upon a time\"}'",
  ]
  // Written at once, also where nobody looks on.
  FileHandle.standardOutput.write(Data((lines.joined(separator: "\n") + "\n").utf8))
}
