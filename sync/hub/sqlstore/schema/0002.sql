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
