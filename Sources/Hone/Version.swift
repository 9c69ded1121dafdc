/// The version of this program.
public let honeVersion = "0.1.0"
