import Testing

@testable import Transport

@Suite struct EndpointTests {
    @Test(arguments: [
        ("tcp://127.0.0.1:5556", true), ("tcp://127.9.9.9:1", true), ("tcp://localhost:0", true),
        ("tcp://LOCALHOST:*", true), ("tcp://[::1]:5556", true),
        ("ipc:///run/tocsin/control", true),
        ("tcp://*:5556", false), ("tcp://0.0.0.0:5556", false), ("tcp://[::]:1", false),
        ("tcp://eth0:5556", false), ("tcp://lo:1", false), ("tcp://gauges.example:65535", false),
        ("tcp://localhost.example:1", false), ("tcp://[::ffff:127.0.0.1]:1", false),
        ("tcp://128.0.0.1:1", false),
    ])
    func accepted(text: String, isLoopback: Bool) throws {
        let endpoint = try Endpoint(text)
        #expect(endpoint.isLoopback == isLoopback)
        #expect(endpoint.description == text)
        #expect(endpoint.needsIPv6 == text.contains("["))
    }

    @Test(arguments: [
        ("127.0.0.1:5556", EndpointError.Reason.missingScheme), ("", .missingScheme),
        ("://x:1", .missingScheme), ("udp://239.0.0.1:5", .refusedScheme("udp")),
        ("pgm://eth0;1.2.3.4:5", .refusedScheme("pgm")), ("inproc://x", .refusedScheme("inproc")),
        ("ws://x:1", .refusedScheme("ws")), ("TCP://x:1", .unknownScheme("TCP")),
        ("http://x:1", .unknownScheme("http")), ("tcp://", .badHost("")),
        ("tcp://:5556", .badHost("")), ("tcp://host", .missingPort), ("tcp://host:", .missingPort),
        ("tcp://[::1]", .missingPort), ("tcp://host:65536", .badPort("65536")),
        ("tcp://host:-1", .badPort("-1")), ("tcp://host:+1", .badPort("+1")),
        ("tcp://host:1/x", .badPort("1/x")), ("tcp://a b:1", .badHost("a b")),
        ("tcp://eth0;host:1", .badHost("eth0;host")), ("tcp://hôte:1", .badHost("hôte")),
        ("tcp://a\0b:1", .badHost("a\0b")), ("tcp://-x:1", .badHost("-x")),
        ("tcp://127.1:1", .badAddress("127.1")), ("tcp://300.1.1.1:1", .badAddress("300.1.1.1")),
        ("tcp://2130706433:1", .badAddress("2130706433")), ("tcp://::1:5", .badBrackets("::1")),
        ("tcp://[::1:5", .badBrackets("[::1")), ("tcp://[x]:5", .badBrackets("[x]")),
        ("tcp://]:5", .badBrackets("]")), ("tcp://[]:5", .badBrackets("[]")),
        ("ipc://run/x", .relativePath("run/x")), ("ipc://@abstract", .relativePath("@abstract")),
        ("ipc://*", .relativePath("*")), ("ipc:///", .badPath("/")), ("ipc:///a/", .badPath("/a/")),
        ("ipc:///a\nb", .badPath("/a\nb")),
    ])
    func refused(text: String, reason: EndpointError.Reason) {
        let error = #expect(throws: EndpointError.self) { try Endpoint(text) }
        #expect(error?.reason == reason)
        #expect(error?.hint.isEmpty == false)
    }

    @Test func pathLengthIsThatOfASocketAddress() throws {
        let longest = "/" + String(repeating: "x", count: 106)
        #expect(try Endpoint("ipc://\(longest)").address == .ipc(path: longest))
        let error = #expect(throws: EndpointError.self) { try Endpoint("ipc://\(longest)x") }
        #expect(error?.reason == .pathTooLong(108))
    }

    @Test func errorsReadAsSentences() {
        let error = #expect(throws: EndpointError.self) { try Endpoint("localhost:5556") }
        #expect(
            error?.description
                == "\"localhost:5556\" does not say how to connect; write tcp://localhost:5556")
    }

    @Test func wildcardsAreForBindOnly() throws {
        #expect(try Endpoint("tcp://127.0.0.1:0").address == .tcp(host: "127.0.0.1", port: nil))
        #expect(try !Endpoint("tcp://127.0.0.1:0").isConnectable)
        #expect(try !Endpoint("tcp://*:1").isConnectable)
        let context = try ZeroMQContext()
        let socket = try Socket(context: context, kind: .sub)
        let error = #expect(throws: TransportError.self) {
            try socket.connect(Endpoint("tcp://127.0.0.1:*"))
        }
        #expect(error?.description.contains("wildcard") == true)
    }
}
