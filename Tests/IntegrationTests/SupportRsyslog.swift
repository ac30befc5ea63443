import Foundation

/// An rsyslog that can publish: the one that `make test` unpacks, or the machine's.
struct Rsyslog {
    private let program: String
    private let modules: String
    /// Where its libraries lie, when the system does not know.
    private let libraries: String?

    /// Nil where there is none with omczmq.
    static let found: Rsyslog? = {
        let unpacked = Place.root.appendingPathComponent(".venv/rsyslog").path
        return installation(root: unpacked, libraries: true)
            ?? installation(root: "", libraries: false)
    }()

    private static func installation(root: String, libraries isOwn: Bool) -> Rsyslog? {
        let manager = FileManager.default
        let program = "\(root)/usr/sbin/rsyslogd"
        guard manager.isExecutableFile(atPath: program) else { return nil }
        // Below a folder that is named after the processor.
        let folders = (try? manager.contentsOfDirectory(atPath: "\(root)/usr/lib")) ?? []
        for folder in folders.map({ "\(root)/usr/lib/\($0)" })
        where manager.fileExists(atPath: "\(folder)/rsyslog/omczmq.so") {
            return Rsyslog(
                program: program, modules: "\(folder)/rsyslog", libraries: isOwn ? folder : nil)
        }
        return nil
    }

    /// Starts it with `rsyslog.conf` of a folder, as an ordinary process beside the machine's own.
    func start(in folder: TestFolder) throws -> RunningCommand {
        try RunningCommand(
            ["-n", "-M", modules, "-f", folder("rsyslog.conf"), "-i", folder("rsyslog.pid")],
            in: folder, executable: program,
            environment: libraries.map { ["LD_LIBRARY_PATH": $0] } ?? [:])
    }
}
