import Testing

@testable import Client
@testable import tocsin

@Suite("Captures")
struct CapturedMessageTests {
    @Test("a frame is text, base64 or hexadecimal digits")
    func frames() throws {
        let line =
            #"{"t":0.5,"frames":[{"utf8":"a\u00fc"},{"base64":"AP8="},{"hex":"00fF"}],"x":1}"#
        let message = try CapturedMessage(line: line.utf8)
        #expect(message.seconds == 0.5)
        #expect(message.frames == [Array("aü".utf8), [0, 255], [0, 255]])
    }

    @Test(
        "what is no message, and why",
        arguments: [
            ("", "this is no JSON"), ("[]", "this is no JSON object"),
            (#"{"frames":[{"hex":""}]}"#, "`t` is missing"),
            (#"{"t":-1,"frames":[{"hex":""}]}"#, "`t` is -1.0"),
            (#"{"t":1,"frames":[]}"#, "`frames` is empty"),
            (#"{"t":1,"frames":"a"}"#, "`frames` is of another type"),
            (#"{"t":1,"frames":[{"hex":"a"},{"hex":1}]}"#, "`frames[2].hex` is of another type"),
            (#"{"t":1,"frames":[{"hex":"abc"}]}"#, "frame 1 is not hexadecimal"),
            (#"{"t":1,"frames":[{"base64":"a"}]}"#, "frame 1 is not base64"),
            (#"{"t":1,"frames":[{"utf8":"","hex":""}]}"#, "frame 1 is written more than once"),
            (#"{"t":1,"frames":[{"text":"a"}]}"#, "frame 1 has no bytes"),
        ])
    func failures(line: String, sentence: String) {
        do {
            _ = try CapturedMessage(line: line.utf8)
            Issue.record("\(line) is a message")
        } catch {
            #expect(error.sentence == sentence)
        }
    }

    @Test("speeds, and when a message is due")
    func speeds() throws {
        #expect(try PublishSpeed("max").due(sent: 10, seconds: 3) == nil)
        #expect(try PublishSpeed("20").due(sent: 10, seconds: 3) == .milliseconds(500))
        #expect(try PublishSpeed("recorded").due(sent: 10, seconds: 3) == .seconds(3))
        #expect(try PublishSpeed("10x").due(sent: 10, seconds: 3) == .milliseconds(300))
        for text in ["0", "-1", "x", "0x", "inf", "nanx", "fast"] {
            #expect(throws: (any Error).self, "\(text)") { try PublishSpeed(text) }
        }
    }

    @Test("what a daemon answers to a report")
    func answers() {
        func answer(_ text: String) -> ReportAnswer { ReportAnswer(Array(text.utf8)) }
        #expect(answer(#"{"ok":true,"seq":7}"#) == .taken(seq: 7, isDuplicate: false))
        #expect(
            answer(#"{"differs":true,"duplicate":true,"ok":true,"seq":7}"#) == .differs(seq: 7))
        #expect(
            answer(#"{"duplicate":true,"ok":true,"seq":7}"#) == .taken(seq: 7, isDuplicate: true))
        let refused =
            #"{"error":{"code":"type","field":"d","hint":"h","message":"m","offset":3},"ok":false}"#
        #expect(
            answer(refused)
                == .refused(
                    .init(code: "type", message: "m", hint: "h", field: "d", offset: 3)))
        #expect(answer(#"{"ok":true}"#) == .unreadable)
        #expect(answer("no") == .unreadable)
    }

    @Test("a refusal's line is the one its place stands in")
    func lines() {
        let message = OutgoingMessage(
            frames: [Array("t".utf8), Array("{}\n[]\n{}".utf8)], lines: [4, 6, 7])
        #expect([0, 2, 3, 5, 6, 99].map(message.line(atOffset:)) == [4, 4, 6, 6, 7, 7])
    }
}
