import GRDB

/// The tables of a run's store.
///
/// Version 1 wrote a subject's losses as one text after its training, and a unit with all its answers
/// at once; version 2 had no mass beside a score, and its first stores no table of files; version 3 kept
/// of scored texts only the grade, and not why a drawn answer ended. All can be read.
///
/// What texts were scored with stands in `measurement.scored` as JSON: SQLite's own functions read it
/// (`json_each`), and a number is written as the shortest text that reads back the same. Its table has
/// row ids, unlike the others: in a tree of keys alone such long rows take a page each.
enum StoreSchema {
  static let version = 4
  /// The first version of which every grade can be made again from what is stored.
  static let firstWithEvidence = 4
  static let readableVersions = [1, 2, 3, 4]

  /// Files as they were written, by their path in the run folder; `cell` for those of a subject.
  static let files = """
    CREATE TABLE IF NOT EXISTS file (
      name TEXT PRIMARY KEY, cell TEXT, hash TEXT NOT NULL) WITHOUT ROWID;
    """

  static let tables =
    files + """
      CREATE TABLE job (
        number INTEGER PRIMARY KEY, cell TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL,
        submitted TEXT NOT NULL, changed TEXT NOT NULL, detail TEXT);
      CREATE TABLE loss (
        cell TEXT NOT NULL, step INTEGER NOT NULL, loss REAL NOT NULL,
        PRIMARY KEY (cell, step)) WITHOUT ROWID;
      CREATE TABLE training (
        cell TEXT PRIMARY KEY, adapter TEXT, largest_logit_change REAL,
        seconds REAL NOT NULL) WITHOUT ROWID;
      CREATE TABLE snapshot (
        cell TEXT NOT NULL, step INTEGER NOT NULL, adapter TEXT,
        PRIMARY KEY (cell, step)) WITHOUT ROWID;
      CREATE TABLE unit (
        cell TEXT NOT NULL, probe TEXT NOT NULL, step INTEGER NOT NULL, items INTEGER NOT NULL,
        is_gate INTEGER NOT NULL, ask_seconds REAL NOT NULL, grade_seconds REAL NOT NULL,
        PRIMARY KEY (cell, probe, step)) WITHOUT ROWID;
      CREATE TABLE measurement (
        cell TEXT NOT NULL, probe TEXT NOT NULL, step INTEGER NOT NULL, item INTEGER NOT NULL,
        paraphrase INTEGER NOT NULL, sample INTEGER NOT NULL, messages TEXT NOT NULL, prefill TEXT,
        answer TEXT, outcome TEXT NOT NULL, score REAL, detail TEXT, evidence TEXT,
        mass REAL, scored TEXT, finish TEXT,
        PRIMARY KEY (cell, probe, step, item));
      CREATE TABLE failure (
        cell TEXT PRIMARY KEY, error TEXT NOT NULL, time TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE event (
        number INTEGER PRIMARY KEY, time TEXT NOT NULL, cell TEXT NOT NULL, kind TEXT NOT NULL,
        detail TEXT);
      CREATE TABLE session (
        id INTEGER PRIMARY KEY, started TEXT NOT NULL, seconds REAL NOT NULL);
      """

  /// Makes the tables in an empty database.
  static func make(in database: Database) throws {
    try database.execute(sql: tables)
    try database.execute(sql: "PRAGMA user_version = \(version)")
  }
}
