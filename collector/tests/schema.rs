//! The schema for editors and `unspoken check` agree: what one refuses the other refuses, and the
//! configs that this repository ships pass both.

use std::path::Path;

use jsonschema::Validator;
use unspoken::value::Value;
use unspoken_collector::check::check;

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

fn schema() -> Validator {
    let schema = json(&read("schema/unspoken.schema.json"));
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

/// The configs of a vector file: as text, and the entry they stand in.
fn vectors(path: &str) -> Vec<serde_json::Value> {
    let vectors = json(&read(path));
    vectors["configs"].as_array().unwrap().clone()
}

fn findings(config: &serde_json::Value) -> (Vec<String>, Vec<String>) {
    let report = check(&config.to_string(), &[], 0.0);
    let lines = |all: &[unspoken_collector::check::Finding]| {
        all.iter().map(|it| it.to_line("it")).collect::<Vec<_>>()
    };
    (lines(&report.notes.mistakes), lines(&report.notes.warnings))
}

#[test]
fn wrong_configs_are_refused_by_the_schema_and_by_the_check() {
    let schema = schema();
    let all = vectors("tests/vectors/wrong-configs.json");
    assert!(all.len() >= 40);
    let mut missed = Vec::new();
    for entry in &all {
        let (config, path) = (&entry["config"], entry["path"].as_str().unwrap());
        if schema.is_valid(config) {
            missed.push(format!("the schema accepts {config}"));
        }
        let (mistakes, _) = findings(config);
        let says = entry["says"].as_str().unwrap_or("");
        let is_told = |line: &String| line.starts_with(&format!("{path}: ")) && line.contains(says);
        if !mistakes.iter().any(is_told) {
            missed.push(format!("{path}, {says:?}: {mistakes:?} of {config}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn right_configs_pass_both() {
    let schema = schema();
    let all = vectors("tests/vectors/right-configs.json");
    assert!(all.len() >= 15);
    let mut missed = Vec::new();
    for config in &all {
        missed.extend(schema.iter_errors(config).map(|it| format!("{}: {it}", it.instance_path())));
        let (mistakes, warnings) = findings(config);
        missed.extend(mistakes.into_iter().chain(warnings).map(|it| format!("{it} of {config}")));
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn what_ships_passes_both() {
    let schema = schema();
    for path in ["www/shop/unspoken.json", "examples/script-tag/unspoken.json"] {
        let text = read(path);
        let errors: Vec<_> = schema.iter_errors(&json(&text)).map(|it| it.to_string()).collect();
        assert!(errors.is_empty(), "{path}: {errors:?}");
        let report = check(&text, &[], 0.0);
        assert_eq!((report.notes.mistakes, report.notes.warnings), (vec![], vec![]), "{path}");
        let named = Value::parse(&text).unwrap();
        let schema = named.text("$schema").unwrap_or_else(|| panic!("{path} names no schema"));
        assert!(schema.ends_with("unspoken.schema.json"), "{path}: {schema}");
    }
}

#[test]
fn the_operators_of_the_schema_are_those_of_the_core() {
    let schema = json(&read("schema/unspoken.schema.json"));
    let of_schema: Vec<&String> =
        schema["$defs"]["operators"]["properties"].as_object().unwrap().keys().collect();
    let mut of_core: Vec<&str> =
        unspoken::condition::operator::OPERATORS.iter().map(|it| it.name).collect();
    let mut of_schema: Vec<&str> = of_schema.iter().map(|it| it.as_str()).collect();
    of_core.sort_unstable();
    of_schema.sort_unstable();
    assert_eq!(of_schema, of_core);
    let gates = &schema["$defs"]["notNow"]["items"]["enum"];
    assert_eq!(*gates, serde_json::json!(unspoken::gate::NAMES));
}
