-- Times are whole seconds since 1970, days are yyyymmdd, 0 is "none" for both.

CREATE TABLE gateways (
  gateway   TEXT   NOT NULL PRIMARY KEY,
  site      TEXT   NOT NULL,
  feed      BIGINT NOT NULL, -- newest cursor of its feed
  health    BLOB,
  health_at BIGINT NOT NULL
);

CREATE TABLE marks (
  gateway TEXT   NOT NULL,
  epoch   BIGINT NOT NULL,
  seq     BIGINT NOT NULL,
  was     BIGINT NOT NULL, -- seq before it was moved last: what compare-and-set compares
  chain   TEXT   NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (gateway, epoch)
);

CREATE TABLE events (
  gateway TEXT   NOT NULL,
  epoch   BIGINT NOT NULL,
  seq     BIGINT NOT NULL,
  site    TEXT   NOT NULL,
  type    TEXT   NOT NULL,
  day     BIGINT NOT NULL,
  at      BIGINT NOT NULL,
  chain   TEXT   NOT NULL,
  about   TEXT   NOT NULL, -- dossier; empty: none
  data    BLOB   NOT NULL, -- the event; empty: in quarantine
  PRIMARY KEY (gateway, epoch, seq)
);
CREATE INDEX events_about ON events (about) WHERE about <> '';

-- What was not understood, and what claims the place of another fact.
CREATE TABLE quarantine (
  gateway TEXT   NOT NULL,
  epoch   BIGINT NOT NULL,
  seq     BIGINT NOT NULL,
  why     TEXT   NOT NULL,
  chain   TEXT   NOT NULL,
  at      BIGINT NOT NULL,
  data    BLOB   NOT NULL, -- sealed; empty: a note on the fact that lies in events
  PRIMARY KEY (gateway, epoch, seq, why, chain)
);

CREATE TABLE numbers (
  site    TEXT   NOT NULL,
  day     BIGINT NOT NULL,
  service TEXT   NOT NULL,
  seq     BIGINT NOT NULL,
  PRIMARY KEY (site, day, service)
);

CREATE TABLE tallies (
  day     BIGINT NOT NULL,
  site    TEXT   NOT NULL,
  service TEXT   NOT NULL,
  what    TEXT   NOT NULL,
  n       BIGINT NOT NULL,
  PRIMARY KEY (day, site, service, what)
);

CREATE TABLE seals (
  gateway TEXT   NOT NULL,
  epoch   BIGINT NOT NULL, -- of the fact that tells of the seal
  seq     BIGINT NOT NULL,
  day     BIGINT NOT NULL,
  at_epoch BIGINT NOT NULL, -- of the last fact that it covers
  at_seq  BIGINT NOT NULL,
  hash    TEXT   NOT NULL,
  PRIMARY KEY (gateway, epoch, seq)
);

CREATE TABLE dossiers (
  dossier     TEXT   NOT NULL PRIMARY KEY,
  gateway     TEXT   NOT NULL, -- that named it last
  site        TEXT   NOT NULL,
  day         BIGINT NOT NULL,
  at          BIGINT NOT NULL,
  proc        TEXT   NOT NULL,
  code        TEXT   NOT NULL,
  ticket      TEXT   NOT NULL,
  counter     TEXT   NOT NULL,
  officer     TEXT   NOT NULL,
  pages       BIGINT NOT NULL,
  bytes       BIGINT NOT NULL,
  missing     BIGINT NOT NULL, -- pages that are not durable here
  manifest    TEXT   NOT NULL,
  recipient   TEXT   NOT NULL, -- what seals to its key
  identity    BLOB,            -- its key, wrapped; NULL: destroyed
  subject     BLOB,            -- who applies, sealed to its key
  person      BLOB,            -- keyed hash of the person's number
  complete_at BIGINT NOT NULL,
  statement   TEXT   NOT NULL,
  erased_at   BIGINT NOT NULL,
  erased_by   TEXT   NOT NULL, -- the order's reference
  removed_at  BIGINT NOT NULL  -- when the bytes of its pages were gone, after that
);
CREATE INDEX dossiers_erased ON dossiers (dossier) WHERE erased_at <> 0 AND removed_at = 0;
CREATE INDEX dossiers_person ON dossiers (person) WHERE person IS NOT NULL;
CREATE INDEX dossiers_visit ON dossiers (site, day, ticket) WHERE ticket <> '';
CREATE INDEX dossiers_code ON dossiers (code) WHERE code <> '';
CREATE INDEX dossiers_gateway ON dossiers (gateway, at);

CREATE TABLE pages (
  dossier   TEXT   NOT NULL,
  place     BIGINT NOT NULL,
  component TEXT   NOT NULL,
  hash      TEXT   NOT NULL,
  size      BIGINT NOT NULL,
  media     TEXT   NOT NULL,
  kept_at   BIGINT NOT NULL,
  PRIMARY KEY (dossier, place)
);
CREATE INDEX pages_hash ON pages (dossier, hash);

CREATE TABLE feed (
  gateway TEXT   NOT NULL,
  cursor  BIGINT NOT NULL,
  kind    TEXT   NOT NULL,
  at      BIGINT NOT NULL,
  data    BLOB   NOT NULL,
  PRIMARY KEY (gateway, cursor)
);

CREATE TABLE shelves (
  shelf TEXT NOT NULL,
  key   TEXT NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (shelf, key)
);

-- Who looked at what, and why: each row carries the hash of all before it.
CREATE TABLE audit (
  seq     BIGINT NOT NULL PRIMARY KEY,
  at      BIGINT NOT NULL,
  who     TEXT   NOT NULL,
  what    TEXT   NOT NULL,
  about   TEXT   NOT NULL,
  purpose TEXT   NOT NULL,
  hash    TEXT   NOT NULL
);

-- Who may speak: codes on paper, and the boxes that were enrolled by them.

-- One row, which an update takes first: none runs beside another.
CREATE TABLE enrol_turn (
  n BIGINT NOT NULL
);
INSERT INTO enrol_turn (n) VALUES (0);

CREATE TABLE claims (
  key      BLOB   NOT NULL PRIMARY KEY,
  site     TEXT   NOT NULL,
  made_by  TEXT   NOT NULL,
  made     BIGINT NOT NULL,
  until    BIGINT NOT NULL,
  replaces TEXT   NOT NULL,
  used     BIGINT NOT NULL,
  gateway  TEXT   NOT NULL,
  public   BLOB   NOT NULL
);
CREATE INDEX claims_open ON claims (site) WHERE used = 0;

CREATE TABLE boxes (
  gateway     TEXT   NOT NULL PRIMARY KEY,
  site        TEXT   NOT NULL,
  made_by     TEXT   NOT NULL,
  made        BIGINT NOT NULL,
  serial      TEXT   NOT NULL,
  certificate BLOB   NOT NULL,
  public      BLOB   NOT NULL,
  issued      BIGINT NOT NULL,
  until       BIGINT NOT NULL,
  used        BIGINT NOT NULL,
  previous    TEXT   NOT NULL,
  revoked     BIGINT NOT NULL,
  revoked_by  TEXT   NOT NULL,
  why         TEXT   NOT NULL
);
CREATE UNIQUE INDEX boxes_living ON boxes (site) WHERE revoked = 0;
-- The end of the audit log, apart from it: entries that are missing at its end are noticed.
CREATE TABLE audit_head (
  seq  BIGINT NOT NULL,
  hash TEXT   NOT NULL
);
INSERT INTO audit_head (seq, hash) VALUES (0, '');
