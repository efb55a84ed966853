-- Whose facts a site's earlier gateways have told is asked for every batch that comes once more.
CREATE INDEX boxes_site ON boxes (site);
