SELECT toNullable(toUInt64(max(version))) FROM schema_versions
