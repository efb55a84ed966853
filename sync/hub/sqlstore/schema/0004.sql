-- The runs of a gateway's program that have spoken lately, as JSON: two that speak in turn are two boxes.
ALTER TABLE gateways ADD COLUMN instances BLOB;
