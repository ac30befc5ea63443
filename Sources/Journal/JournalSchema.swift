import Foundation
import GRDB

// The format of journal.db
// ------------------------
// A SQLite database in WAL mode, written by one connection of one process and by nobody else.
// Numbers without a sign (epoch, seq, event_no) are stored as their 64 bits. The names of the
// applied migrations stand in `grdb_migrations`; a file with a name we do not know is refused.
//
//   meta       one row: the epoch, the Unix second at which it began, the number of the first
//              event not yet decided, the publisher, the number of the last recorded report that
//              is decided, and how many canaries were committed
//   channel    per channel: its number in the other tables, the oldest seq that can be fetched
//              (`floor`), and the outbox row from which on nothing was pruned (`kept_from`)
//   outbox     the escalations as they were published, in `row` order
//                seq     dense from 1 in (channel, epoch)
//                id      unique per channel: whoever says it twice is not heard twice
//                topics  joined by line feeds, the escalation's own first
//                digest  SHA-256 of body: the `prev` of the next one
//   incident   the open incidents; their state is opaque here
//   state      per rule and key, such as running holds; opaque here
//   known_key  keys that a rule watching for silence has heard
//
// `outbox` and `incident` have rowids because their rows are large: in a table WITHOUT ROWID a row
// above a quarter page spills to pages of its own. In `outbox` the topics stand before the body,
// so that filtering by topic does not read the bodies.

/// The tables of the journal, as named migrations: append new ones, never change an old one.
enum JournalSchema {
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("journal-1", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: journal1)
        }
        migrator.registerMigration("journal-2", foreignKeyChecks: .immediate) { db in
            try db.execute(
                sql: "ALTER TABLE meta ADD COLUMN recorded INTEGER NOT NULL DEFAULT 0")
        }
        migrator.registerMigration("canary-1", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: canary1)
        }
        return migrator
    }()

    private static let canary1 = """
        ALTER TABLE meta ADD COLUMN canaries INTEGER NOT NULL DEFAULT 0;
        """

    private static let journal1 = """
        CREATE TABLE meta (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            epoch INTEGER NOT NULL,
            begun INTEGER NOT NULL,
            next_event_no INTEGER NOT NULL,
            publisher TEXT NOT NULL
        ) STRICT;
        CREATE TABLE channel (
            number INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            floor INTEGER NOT NULL,
            kept_from INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE outbox (
            row INTEGER PRIMARY KEY,
            channel INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            id BLOB NOT NULL CHECK (length(id) = 16),
            incident BLOB NOT NULL CHECK (length(incident) = 16),
            severity INTEGER NOT NULL,
            topics TEXT NOT NULL,
            digest BLOB NOT NULL,
            body BLOB NOT NULL,
            UNIQUE (channel, epoch, seq),
            UNIQUE (channel, id)
        ) STRICT;
        CREATE INDEX outbox_by_incident ON outbox (channel, incident);
        CREATE TABLE incident (
            subject BLOB PRIMARY KEY NOT NULL CHECK (length(subject) = 16),
            incident BLOB NOT NULL CHECK (length(incident) = 16),
            state BLOB NOT NULL,
            event_no INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX incident_by_id ON incident (incident);
        CREATE TABLE state (
            rule TEXT NOT NULL,
            key BLOB NOT NULL,
            bytes BLOB NOT NULL,
            PRIMARY KEY (rule, key)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE known_key (
            rule TEXT NOT NULL,
            key BLOB NOT NULL,
            partition TEXT NOT NULL,
            PRIMARY KEY (rule, key)
        ) STRICT, WITHOUT ROWID;
        """
}

extension Row {
    /// The blob of a column.
    func bytes(_ index: Int) -> [UInt8] {
        let data: Data = self[index]
        return [UInt8](data)
    }

    /// The 64 bits of a column as a number without a sign.
    func unsigned(_ index: Int) -> UInt64 {
        let bits: Int64 = self[index]
        return UInt64(bitPattern: bits)
    }
}

extension UInt64 {
    /// The form in which the journal stores it.
    var stored: Int64 { Int64(bitPattern: self) }
}
