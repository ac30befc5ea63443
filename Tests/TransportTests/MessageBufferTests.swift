import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1))) struct MessageBufferTests {
    @Test(arguments: [1, 8, 9, 64, 65, 5000])
    func framesAreKeptCountedAndFlagged(count: Int) throws {
        let context = try ZeroMQContext()
        let pull = try Socket(context: context, kind: .pull)
        let push = try Socket(context: context, kind: .push)
        try push.connect(pull.bind(Endpoint(Bench.loopback)))
        let frames = (0..<count).map { [UInt8](repeating: UInt8($0 % 251), count: 1 + $0 % 90) }
        #expect(try push.send(frames: frames, timeoutMilliseconds: 5000) == .sent)
        #expect(try push.send(frames: [[42]], timeoutMilliseconds: 5000) == .sent)
        var message = MessageBuffer()
        try receiveNext(pull, &message)
        #expect(message.frameCount == count)
        #expect(message.keptFrameCount == min(count, 8))
        #expect(message.exceedsFrameLimit == (count > 64))
        for index in 0..<message.keptFrameCount {
            #expect(message.copyOfFrame(index) == frames[index])
            #expect(message.byteCount(ofFrame: index) == frames[index].count)
        }
        // What was drained took nothing of the next message with it.
        try receiveNext(pull, &message)
        #expect(message.frameCount == 1 && message.copyOfFrame(0) == [42])
        let outcome = try pull.receive(into: &message)
        #expect(outcome == .wouldBlock)
        #expect(message.frameCount == 0)
    }

    @Test func emptyFramesHaveNoBytes() throws {
        let context = try ZeroMQContext()
        let pull = try Socket(context: context, kind: .pull)
        let push = try Socket(context: context, kind: .push)
        try push.connect(pull.bind(Endpoint(Bench.loopback)))
        #expect(try push.send(frames: [[], []], timeoutMilliseconds: 5000) == .sent)
        #expect(try Bench.receive(pull) == [[], []])
    }

    private func receiveNext(_ socket: borrowing Socket, _ message: inout MessageBuffer) throws {
        let outcome = try socket.receive(into: &message, timeoutMilliseconds: 5000)
        try #require(outcome == .message)
    }
}
