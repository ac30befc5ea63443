import Client
import Testing

@Suite("The recovery protocol on the wire")
struct RecoveryReplyTests {
    private func frames(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    @Test("requests are one line of JSON")
    func requests() {
        func text(_ request: RecoveryRequest) -> String {
            String(decoding: request.bytes, as: UTF8.self)
        }
        #expect(text(.hello) == #"{"cmd":"hello"}"#)
        #expect(
            text(.fetch(channel: "main", epoch: 7, from: 17, prefix: "a/\"", max: 500))
                == #"{"channel":"main","cmd":"fetch","epoch":7,"from":17,"max":500,"prefix":"a/\""}"#
        )
        #expect(
            text(.snapshot(channel: "main", prefix: "", after: nil))
                == #"{"after":null,"channel":"main","cmd":"snapshot","prefix":""}"#)
    }

    @Test("each kind of answer is read, with or without REQ's empty frame")
    func replies() throws {
        let log = SpokenLog(epoch: 7, count: 2)
        let hello = frames(
            "hello",
            #"{"version":"1","publisher":"n","channels":{"main":{"epoch":7,"head":2,"floor":1}},"x":1}"#
        )
        let expected = RecoveryReply.hello(
            version: "1", publisher: "n",
            channels: ["main": ChannelPosition(epoch: 7, head: 2, floor: 1)])
        #expect(try RecoveryReply(frames: hello) == expected)
        #expect(try RecoveryReply(frames: [[]] + hello) == expected)
        let bodies = log.said.flatMap { [Array("t/".utf8), $0.body] }
        #expect(
            try RecoveryReply(frames: frames("items", #"{"epoch":7,"next":3,"head":2}"#) + bodies)
                == .fetched(epoch: 7, next: 3, head: 2, items: log.said))
        #expect(
            try RecoveryReply(
                frames: frames("items", #"{"epoch":7,"after":"i2","head":2}"#) + bodies)
                == .snapshot(epoch: 7, head: 2, after: "i2", items: log.said))
        #expect(
            try RecoveryReply(frames: frames("items", #"{"epoch":7,"after":null,"head":2}"#))
                == .snapshot(epoch: 7, head: 2, after: nil, items: []))
        #expect(
            try RecoveryReply(frames: frames("gone", #"{"epoch":9,"floor":0,"head":0}"#))
                == .gone(ChannelPosition(epoch: 9, head: 0, floor: 1)))
        #expect(
            try RecoveryReply(frames: frames("error", #"{"code":"bad","message":"no"}"#))
                == .refused(code: "bad", message: "no"))
    }

    @Test("what is no answer is refused with a reason")
    func unreadable() {
        let bad = [
            [], frames("hello"), frames("hello", "x"), frames("bye", "{}"), frames("gone", "{}"),
            frames("items", "{}"), frames("items", #"{"epoch":7,"next":3,"head":2}"#, "topic"),
            frames("items", #"{"epoch":7,"next":3,"head":2}"#, "topic", "{}"),
        ]
        for frames in bad {
            #expect(throws: RecoveryFailure.self) { try RecoveryReply(frames: frames) }
        }
    }
}
