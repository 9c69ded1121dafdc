internal import NIOCore
internal import NIOHTTP1

/// One open connection: its clock, and the task that talks on it.
final class Connection: Sendable {
  let channel: any Channel
  private let clock: Locked<ConnectionClock>
  private let talk = Locked<(task: Task<Void, Never>?, isOver: Bool)>((nil, false))

  init(_ channel: any Channel, timeouts: Timeouts, headLimit: Int) {
    self.channel = channel
    clock = Locked(ConnectionClock(timeouts: timeouts, headLimit: headLimit))
  }

  func with<Result: Sendable>(_ change: (inout ConnectionClock, ContinuousClock.Instant) -> Result) -> Result {
    clock.withLock { change(&$0, .now) }
  }

  /// Runs the talk in a task that ends early when the client hangs up.
  func run(_ body: @escaping @Sendable () async -> Void) async {
    let task = Task { await body() }
    // The client may have gone before there was a task.
    let isOver = self.talk.withLock { talk in
      talk.task = task
      return talk.isOver
    }
    if isOver { task.cancel() }
    await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
  }

  /// The client will send no more: whoever works for it stops.
  func hangUp() {
    let task = talk.withLock { talk in
      talk.isOver = true
      return talk.task
    }
    task?.cancel()
  }

  /// Closes, now or after the reply at hand.
  func retire() { if with({ clock, _ in clock.close() }) { channel.close(promise: nil) } }

  func abort() {
    hangUp()
    channel.close(promise: nil)
  }

  /// Acts on deadlines that have passed.
  func expire() {
    switch with({ clock, now in clock.expiry(at: now) }) {
    case .close?: abort()
    case .fail(let fault)?: channel.pipeline.fireErrorCaught(fault)
    case nil: break
    }
  }
}

/// Sees bytes before they are a request, to bound heads and to time them, and sees the client go.
final class ByteWatch: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let connection: Connection

  init(_ connection: Connection) { self.connection = connection }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let count = unwrapInboundIn(data).readableBytes
    guard connection.with({ clock, now in clock.received(count, at: now) }) else {
      context.fireChannelRead(data)
      return
    }
    context.fireErrorCaught(TransportFault.headTooLarge)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is ChannelShouldQuiesceEvent: connection.retire()
    // In the middle of a request the decoder fails it by itself.
    case ChannelEvent.inputClosed: if connection.with({ clock, _ in clock.isBetweenRequests }) { connection.hangUp() }
    default: break
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    connection.hangUp()
    context.fireChannelInactive()
  }
}

/// The parts of a reply; bodies are always bytes.
typealias ReplyPart = HTTPPart<HTTPResponseHead, ByteBuffer>

/// Sees the parts of requests, and gives the encoder the parts of replies.
final class PartWatch: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = ReplyPart
  typealias OutboundOut = HTTPServerResponsePart

  private let connection: Connection

  init(_ connection: Connection) { self.connection = connection }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: connection.with { clock, _ in clock.receivedHead() }
    case .end: connection.with { clock, _ in clock.receivedEnd() }
    case .body: break
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let part: HTTPServerResponsePart =
      switch unwrapOutboundIn(data) {
      case .head(let head): .head(head)
      case .body(let bytes): .body(.byteBuffer(bytes))
      case .end(let trailers): .end(trailers)
      }
    context.write(wrapOutboundOut(part), promise: promise)
  }
}
