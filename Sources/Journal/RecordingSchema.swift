import GRDB

// The format of recording-1.db
// ----------------------------
// Reports that were acknowledged: each is here, durable, before its sender is told. A SQLite
// database in WAL mode, written by one connection of one process. The names of the applied
// migrations stand in `grdb_migrations`; a file with a name we do not know is refused.
//
//   meta      one row: the number of the last report known to be decided when that was last looked
//             at (`decided`), in case the journal, which knows it exactly, is lost
//   schema    what the cells of reports are: opaque here, each once
//   report    in order of `seq`, dense from 1
//               arrival  nanoseconds since 1970
//               stream, status, source, id
//                        who says what; with an id, unique: the same report is kept once
//               schema   its number in `schema`
//               bytes    the event record, as it goes to evaluation
//               answer   the number it was acknowledged with, where it has another by now
//   stranded  numbers of reports that no declaration takes: they wait for one, and are in order
//             behind all others then

/// The tables of the recording, as named migrations: append new ones, never change an old one.
enum RecordingSchema {
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("recording-1", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: recording1)
        }
        migrator.registerMigration("stranded-1", foreignKeyChecks: .immediate) { db in
            try db.execute(
                sql: """
                    CREATE TABLE stranded (seq INTEGER PRIMARY KEY) STRICT;
                    ALTER TABLE report ADD COLUMN answer INTEGER;
                    """)
        }
        return migrator
    }()

    private static let recording1 = """
        CREATE TABLE meta (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            decided INTEGER NOT NULL
        ) STRICT;
        INSERT INTO meta (id, decided) VALUES (1, 0);
        CREATE TABLE schema (
            number INTEGER PRIMARY KEY,
            bytes BLOB NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE report (
            seq INTEGER PRIMARY KEY,
            arrival INTEGER NOT NULL,
            stream TEXT NOT NULL,
            status INTEGER NOT NULL,
            source TEXT NOT NULL,
            id TEXT,
            schema INTEGER NOT NULL REFERENCES schema (number),
            bytes BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX report_by_id ON report (stream, status, source, id)
            WHERE id IS NOT NULL;
        """
}
