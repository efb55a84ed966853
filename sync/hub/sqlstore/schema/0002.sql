-- When a dossier's header came, by the hub's clock. "at" is its gateway's word.
ALTER TABLE dossiers ADD COLUMN kept_at BIGINT NOT NULL DEFAULT 0;
