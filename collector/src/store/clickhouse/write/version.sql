INSERT INTO schema_versions (version, at)
FORMAT RowBinary
