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
        hone serve --host 0.0.0.0 --tls-certificate chain.pem --tls-key key.pem

      SIGHUP reads the certificate again; SIGTERM ends the server: requests at hand are
      answered, jobs go on at the next start.
      The other commands work beside it; those about jobs, keys and usage ask it through a socket in the home, which
      only the home's owner can open.
      """)

  @Option(help: "The address to listen at. Beyond this machine a key is needed.") var host = "127.0.0.1"
  @Option(help: "The port; 0 takes any free one.") var port = 8080
  @Option(help: "MB that the models in memory may take together (default: half of the machine's).") var memory: Int?
  @Option(help: "How weights are held: float32, bfloat16 or int8.") var weights = WeightPrecision.float32
  @Option(help: "A name besides those of loopback under which clients ask, as behind a proxy.") var publicHost: String?
  @Option(help: "Encrypt with this certificate, a PEM file (a program built with --traits TLS).")
  var tlsCertificate: String?
  @Option(help: "The certificate's private key, a PEM file.") var tlsKey: String?
  @Flag(help: "Keep vectors of texts for the next time, and look them up.") var cacheVectors = false
  @Flag(help: "No line for each request.") var quiet = false

  func validate() throws {
    _ = try certificate
    guard (0...65_535).contains(port) else { throw ValidationError("--port: expected 0 to 65535, found \(port)") }
    if let memory, !(1...1 << 30).contains(memory) {
      throw ValidationError("--memory: expected 1 MB or more, found \(memory)")
    }
  }

  private var certificate: CertificateFiles? {
    get throws {
      switch (tlsCertificate, tlsKey) {
      case (let certificate?, let key?): CertificateFiles(certificate: certificate, key: key)
      case (nil, nil): nil
      default: throw ValidationError("--tls-certificate, --tls-key: expected both or neither, found one")
      }
    }
  }

  func run() async throws {
    giveBackFreedMemory()
    var options = ServedHome.Options()
    options.server = ServerOptions(.port(host: host, port: port))
    options.server.publicHost = publicHost
    options.service.name = "hone serve"
    options.memory = memory.map { $0 << 20 } ?? Int(clamping: ProcessInfo.processInfo.physicalMemory / 2)
    options.weights = weights
    options.logsRequests = !quiet
    options.cachesVectors = cacheVectors
    try await reporting {
      options.server.encryption = try certificate.map { try Encryption($0) }
      let (host, options) = (host, options)
      let scheme = options.server.encryption == nil ? "http" : "https"
      try await ServedHome(Home(), options).run { welcome in show(welcome, at: "\(scheme)://", host) }
    }
  }
}

/// The three lines that a client needs.
private func show(_ welcome: ServedHome.Welcome, at scheme: String, _ host: String) {
  guard case .port(let port) = welcome.place else { return }
  let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
  let base = "\(scheme)\(name):\(port)/v1"
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
