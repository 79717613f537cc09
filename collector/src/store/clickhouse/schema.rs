//! Brings a database to the version this program writes. The table `schema_versions` says where it
//! stands; statements may be run again, so two collectors may start at the same time.

use super::row_binary::Rows;
use super::server::Server;
use crate::clock;
use crate::store::StoreError;
use crate::store::question::{Cell, Kind};
use crate::store::settings::StoreSettings;

/// The statements of each version: for one node, and for a cluster. The first makes the table of
/// versions, and is always run. Entries are only ever added.
const VERSIONS: &[(&str, &str)] = &[
    (include_str!("schema/node/0.sql"), include_str!("schema/cluster/0.sql")),
    (include_str!("schema/node/1.sql"), include_str!("schema/cluster/1.sql")),
];

/// Runs what is missing.
pub fn migrate(server: &Server, settings: &StoreSettings) -> Result<(), StoreError> {
    run(server, settings, VERSIONS[0])?;
    let stands = version(server)?;
    let known = VERSIONS.len() - 1;
    if stands > known {
        return Err(StoreError::Open(format!(
            "the database {} is of version {stands} and this program knows {known}: run the newer \
             program, or give another database with --store-database or UNSPOKEN_STORE_DATABASE",
            settings.database
        )));
    }
    for (number, texts) in VERSIONS.iter().enumerate().skip(stands + 1) {
        run(server, settings, *texts)?;
        let mut row = Vec::new();
        row.extend((number as u32).to_le_bytes());
        row.extend(clock::now_ms().to_le_bytes());
        server.insert(include_str!("write/version.sql"), &row)?;
    }
    Ok(())
}

fn version(server: &Server) -> Result<usize, StoreError> {
    let mut rows = Rows::new(server.ask(include_str!("write/stands.sql"), &[])?);
    let mut cells = Vec::new();
    rows.next(&[Kind::Whole], &mut cells)?;
    match cells.first() {
        Some(Cell::Whole(version)) => Ok(*version as usize),
        _ => Ok(0),
    }
}

fn run(server: &Server, settings: &StoreSettings, texts: (&str, &str)) -> Result<(), StoreError> {
    let text = if settings.cluster.is_some() { texts.1 } else { texts.0 };
    statements(text, settings)?.iter().try_for_each(|statement| server.run(statement))
}

/// The statements of a file, with the names of the database and the cluster in their places. Names
/// cannot be parameters; [`check`] lets through none that could be more than a name.
pub fn statements(text: &str, settings: &StoreSettings) -> Result<Vec<String>, StoreError> {
    check(settings)?;
    let cluster = settings.cluster.as_deref().unwrap_or_default();
    let named = text.replace("@database@", &settings.database).replace("@cluster@", cluster);
    let statements = named.split(";\n").map(str::trim).filter(|statement| !statement.is_empty());
    Ok(statements.map(str::to_owned).collect())
}

/// Refuses names that are none.
pub fn check(settings: &StoreSettings) -> Result<(), StoreError> {
    let word = |name: &str, more: &str| {
        let first = name.bytes().next().is_some_and(|it| it.is_ascii_alphabetic() || it == b'_');
        first
            && name.len() <= 64
            && name
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || it == b'_' || more.as_bytes().contains(&it))
    };
    if !word(&settings.database, "") {
        return Err(StoreError::Open(format!(
            "the database \"{}\" is not a name of letters, digits and \"_\" that begins with a letter: \
             choose another with --store-database or UNSPOKEN_STORE_DATABASE",
            settings.database
        )));
    }
    if let Some(cluster) = settings.cluster.as_deref().filter(|name| !word(name, "-.")) {
        return Err(StoreError::Open(format!(
            "the cluster \"{cluster}\" is not a name of letters, digits, \"_\", \"-\" and \".\" that begins \
             with a letter: give it as it stands in the server's remote_servers, with --store-cluster \
             or UNSPOKEN_STORE_CLUSTER"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_get_into_statements() {
        let named = |database: &str, cluster: Option<&str>| StoreSettings {
            database: database.to_owned(),
            cluster: cluster.map(str::to_owned),
            ..StoreSettings::default()
        };
        let text = "CREATE DATABASE @database@ ON CLUSTER '@cluster@';\n\nSELECT 1;\n";
        let found = statements(text, &named("shop_1", Some("eu-west.1"))).unwrap();
        assert_eq!(found, ["CREATE DATABASE shop_1 ON CLUSTER 'eu-west.1'", "SELECT 1"]);
        for (database, cluster) in [
            ("a; DROP TABLE b", None),
            ("", None),
            ("1a", None),
            ("a", Some("x' OR")),
            ("a", Some("")),
        ] {
            assert!(statements(text, &named(database, cluster)).is_err(), "{database} {cluster:?}");
        }
    }

    #[test]
    fn every_version_has_both_kinds_of_tables() {
        for (node, cluster) in VERSIONS {
            assert!(!node.contains("@cluster@") && !node.contains("Replicated"));
            for statement in cluster.split(";\n").filter(|it| it.contains("CREATE ")) {
                assert!(statement.contains("ON CLUSTER '@cluster@'"), "{statement}");
            }
        }
    }
}
