-- One row: how many erasures there were, and how many of them the database was made to write over.
CREATE TABLE forgetting (
  asked BIGINT NOT NULL,
  done  BIGINT NOT NULL
);
INSERT INTO forgetting (asked, done) VALUES (0, 0);

-- Pages of an erased dossier are looked for again for four days.
DROP INDEX dossiers_erased;
CREATE INDEX dossiers_erased ON dossiers (dossier) WHERE erased_at <> 0 AND removed_at <= erased_at + 345600;
