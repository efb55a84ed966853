-- How far a gateway has done its feed: the cursor that it asked behind last.
ALTER TABLE gateways ADD COLUMN feed_done BIGINT NOT NULL DEFAULT 0;
