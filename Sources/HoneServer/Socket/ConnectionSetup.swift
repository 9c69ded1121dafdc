internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1

/// Makes a conversation out of a channel that was accepted.
struct ConnectionSetup: ServerChildChannel {
  struct Value: ServerChildChannelValue {
    let parts: NIOAsyncChannel<HTTPServerRequestPart, ReplyPart>
    let connection: Connection

    var channel: any Channel { parts.channel }
  }

  let router: Router
  let options: ServerOptions
  let connections: Connections

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      let connection = Connection(channel, timeouts: options.timeouts, headLimit: options.headBytes)
      var limits = NIOHTTPDecoderLimitConfiguration()
      limits.maxHeaderFieldSize = options.headBytes
      limits.maxHeaderListSize = options.headBytes
      limits.maxHeaderFieldCount = options.headerCount
      let pipeline = channel.pipeline.syncOperations
      try options.encryption?.protect(channel, patience: options.timeouts.head)
      try pipeline.addHandler(ByteWatch(connection))
      try pipeline.configureHTTPServerPipeline(
        withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: true,
        withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
      try pipeline.addHandler(PartWatch(connection))
      let parts = try NIOAsyncChannel<HTTPServerRequestPart, ReplyPart>(
        wrappingChannelSynchronously: channel,
        configuration: .init(
          backPressureStrategy: .init(lowWatermark: 1, highWatermark: 4), isOutboundHalfClosureEnabled: true))
      return Value(parts: parts, connection: connection)
    }
  }

  func handle(value: Value, logger: Logger) async {
    let connection = value.connection
    let conversation = Conversation(connection: connection, router: router, keepAlive: options.keepAlive)
    let isIn = connections.admit(connection)
    await connection.run {
      try? await value.parts.executeThenClose { inbound, _ in
        if isIn { await conversation.run(inbound) } else { await conversation.refuse() }
      }
    }
    connections.remove(connection)
  }
}
