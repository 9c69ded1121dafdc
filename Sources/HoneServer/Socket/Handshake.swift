#if TLS
  internal import NIOCore
  internal import NIOTLS

  /// Stands before the encryption, and tells those who speak plain HTTP to it.
  final class PlainTextGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The first byte of every handshake.
    private static let handshake: UInt8 = 0x16
    private static let body =
      #"{"error":{"message":"expected https, found http; begin the base URL with https://","#
      + #""type":"invalid_request_error","param":null,"code":null}}"#
    private var isRefused = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let bytes = unwrapInboundIn(data)
      if isRefused { return }
      guard let first = bytes.readableBytesView.first, first != Self.handshake else {
        context.fireChannelRead(data)
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
        return
      }
      isRefused = true
      var reply = context.channel.allocator.buffer(capacity: 512)
      reply.writeString(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: \(Self.body.utf8.count)\r\n"
          + "Connection: close\r\n\r\n\(Self.body)")
      let channel = context.channel
      context.writeAndFlush(wrapOutboundOut(reply)).whenComplete { _ in channel.close(promise: nil) }
    }
  }

  /// Closes a connection whose handshake takes too long.
  final class HandshakeClock: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let patience: Duration
    private var deadline: Scheduled<Void>?

    init(_ patience: Duration) { self.patience = patience }

    func handlerAdded(context: ChannelHandlerContext) {
      let channel = context.channel
      deadline = context.eventLoop.scheduleTask(in: TimeAmount(patience)) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent {
        context.fireUserInboundEventTriggered(event)
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
      } else {
        context.fireUserInboundEventTriggered(event)
      }
    }
  }
#endif
