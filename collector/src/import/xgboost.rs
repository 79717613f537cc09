//! XGBoost's JSON model: `learner`, with its parameters, its objective and its trees as arrays.
//!
//! Numbers are f32 there, and are taken as such: read as f64 a threshold would lie a little beside
//! the values it was made from. The base score is a probability and goes into the bias as
//! log-odds. A dart tree's weight multiplies its leaves. Where missing values go is not read:
//! features are never missing.

use serde_json::Value;

use super::{Format, ImportError, Names, Raw, Source, SourceTree, gather, in_tree, weighted};

/// Reads the JSON that `Booster.save_model` writes.
pub fn read(bytes: &[u8]) -> Result<Source, ImportError> {
    let whole: Value = parse(bytes).map_err(|error| {
        ImportError::new(format!(
            "this is not JSON ({error}): save the model with booster.save_model(\"model.json\"); \
             \".ubj\" and no ending give XGBoost's binary form"
        ))
    })?;
    let whole = At { path: String::new(), value: &whole };
    let Some(learner) = whole.get("learner") else {
        let dump = whole.value.is_array() || whole.get("tree_info").is_some();
        return Err(ImportError::new(if dump {
            "this is the dump of a model, for people to read: save the model itself with \
             booster.save_model(\"model.json\") of XGBoost or \"model.txt\" of LightGBM"
        } else {
            "learner is missing: save the model with booster.save_model(\"model.json\") of XGBoost"
        }));
    };
    let bias = base(&learner)?;
    let names = match learner.get("feature_names") {
        Some(names) => names.list(|name| name.as_str().map(String::from))?,
        None => Vec::new(),
    };
    if names.is_empty() {
        return Err(ImportError::new(
            "learner.feature_names is empty: train on a DataFrame, or give the DMatrix \
             feature_names=[…], so that features are known by name",
        ));
    }
    let names = Names::new(names);

    let (booster, weights) = booster(&learner)?;
    let trees = booster.must("model")?.must("trees")?;
    let trees = trees.items()?;
    if weights.as_ref().is_some_and(|weights| weights.len() != trees.len()) {
        return Err(ImportError::new(
            "learner.gradient_booster.weight_drop has not a weight for each tree: save it anew",
        ));
    }
    let mut source = Source { format: Format::XgBoost, bias, trees: Vec::new(), notes: Vec::new() };
    for (number, at) in trees.iter().enumerate() {
        let weight = weights.as_ref().map_or(1.0, |weights| weights[number]);
        source.push(tree(number, at, &names, weight)?);
    }
    source.notes.extend(names.note_unknown());
    source.notes.extend(early_stop(&learner));
    let weight = learner.get("objective").and_then(|at| at.get("reg_loss_param"));
    let weight = weight.and_then(|at| number(at.get("scale_pos_weight")?.value)).unwrap_or(1.0);
    source.notes.extend((weight != 1.0).then(|| weighted("scale_pos_weight")));
    Ok(source)
}

/// XGBoost before 3 writes `NaN` bare, which is not JSON: where a split is categorical, and in lists
/// that are not read. It is taken for null, and so refused where a number is needed.
fn parse(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice(bytes).or_else(|error| {
        let Ok(text) = std::str::from_utf8(bytes) else { return Err(error) };
        let mut text = text.to_string();
        for bare in ["NaN", "Infinity", "-Infinity"] {
            for before in ["[", ","] {
                text = text.replace(&format!("{before}{bare}"), &format!("{before}null"));
            }
        }
        serde_json::from_str(&text).map_err(|_| error)
    })
}

/// The log-odds of the base score; refuses what is no forecast of one outcome.
fn base(learner: &At) -> Result<f64, ImportError> {
    let objective = learner.must("objective")?.must("name")?;
    match objective.value.as_str() {
        Some("binary:logistic") => {}
        other => {
            return Err(ImportError::new(format!(
                "{} is {}: a forecast is the probability of an outcome: train with \
                 objective=\"binary:logistic\"",
                objective.path,
                other.unwrap_or("no text")
            )));
        }
    }
    let param = learner.must("learner_model_param")?;
    for key in ["num_class", "num_target"] {
        let Some(count) = param.get(key).and_then(|at| number(at.value)) else { continue };
        if count > 1.0 {
            return Err(ImportError::new(format!(
                "{}.{key} is {count}: a head forecasts one outcome: train a model for each",
                param.path
            )));
        }
    }
    let score = param.must("base_score")?;
    let base = number(score.value).unwrap_or(f64::NAN);
    if !(base > 0.0 && base < 1.0) {
        return Err(ImportError::new(format!(
            "{} is {}: expected one probability between 0 and 1: train with base_score unset",
            score.path, score.value
        )));
    }
    Ok(libm::log(base / (1.0 - base)))
}

/// What holds the trees, and for dart what each tree is multiplied by.
fn booster<'a>(learner: &At<'a>) -> Result<(At<'a>, Option<Vec<f64>>), ImportError> {
    let booster = learner.must("gradient_booster")?;
    let name = booster.must("name")?;
    match name.value.as_str() {
        Some("gbtree") => Ok((booster, None)),
        Some("dart") => {
            let weights = booster.must("weight_drop")?.list(number)?;
            Ok((booster.must("gbtree")?, Some(weights)))
        }
        other => Err(ImportError::new(format!(
            "{} is {}: only trees can be imported: train with booster=\"gbtree\"",
            name.path,
            other.unwrap_or("no text")
        ))),
    }
}

fn tree(number: usize, at: &At, names: &Names, weight: f64) -> Result<SourceTree, ImportError> {
    let anew = |what: &str| in_tree(number, format!("{what}: save the model anew"));
    let vector = at.get("tree_param").and_then(|param| param.get("size_leaf_vector"));
    if vector.and_then(|size| self::number(size.value)).is_some_and(|size| size > 1.0) {
        return Err(in_tree(
            number,
            "its leaves are vectors: train with multi_strategy=\"one_output_per_tree\"",
        ));
    }
    let categorical = match at.get("split_type") {
        Some(kinds) => kinds.list(Value::as_u64)?.iter().any(|kind| *kind != 0),
        None => false,
    };
    let categories = at.get("categories").is_some_and(|list| list.value != &Value::Array(vec![]));
    if categorical || categories {
        return Err(in_tree(
            number,
            "a split is categorical, and features are numbers: train with \
             enable_categorical=False",
        ));
    }
    let below = at.must("left_children")?.list(Value::as_i64)?;
    let above = at.must("right_children")?.list(Value::as_i64)?;
    let features = at.must("split_indices")?.list(Value::as_u64)?;
    let conditions = at.must("split_conditions")?.list(self::number)?;
    let nodes = below.len();
    if nodes == 0 || [above.len(), features.len(), conditions.len()] != [nodes; 3] {
        return Err(anew("its lists differ in length"));
    }
    let root = 0;
    gather(number, names, root, |at| {
        if at >= nodes {
            return Err(anew("a child is not there"));
        }
        let condition = f64::from(conditions[at] as f32);
        if below[at] == -1 {
            return Ok(Raw::Leaf(condition * f64::from(weight as f32)));
        }
        let place = |child: i64| usize::try_from(child).map_err(|_| anew("a child is not there"));
        let feature = features[at] as usize;
        Ok(Raw::Split(feature, condition, [place(below[at])?, place(above[at])?]))
    })
}

/// A note where training stopped early: the file holds the rounds after the best one too.
fn early_stop(learner: &At) -> Option<String> {
    let best = learner.get("attributes")?.get("best_iteration")?;
    let best = number(best.value)?;
    Some(format!(
        "training stopped early with iteration {best} as the best, and all that are in the file \
         were taken: for the best alone save booster[: {}]",
        best + 1.0
    ))
}

/// A number, or a text that holds one, as XGBoost writes its parameters: `5E-1` or `[5E-1]`.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::String(text) => {
            let text = text.trim();
            let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
            inner.unwrap_or(text).trim().parse().ok()
        }
        value => value.as_f64(),
    }
}

/// A value with its place.
#[derive(Clone)]
struct At<'a> {
    path: String,
    value: &'a Value,
}

impl<'a> At<'a> {
    fn get(&self, key: &str) -> Option<At<'a>> {
        let value = self.value.get(key)?;
        let dot = if self.path.is_empty() { "" } else { "." };
        Some(At { path: format!("{}{dot}{key}", self.path), value })
    }

    fn must(&self, key: &str) -> Result<At<'a>, ImportError> {
        self.get(key).ok_or_else(|| {
            ImportError::new(format!(
                "{}.{key} is missing: save the model with booster.save_model(\"model.json\")",
                self.path
            ))
        })
    }

    fn items(&self) -> Result<Vec<At<'a>>, ImportError> {
        let Some(list) = self.value.as_array() else {
            return Err(ImportError::new(format!("{}: expected a list", self.path)));
        };
        let at = |(at, value)| At { path: format!("{}[{at}]", self.path), value };
        Ok(list.iter().enumerate().map(at).collect())
    }

    fn list<T>(&self, read: impl Fn(&'a Value) -> Option<T>) -> Result<Vec<T>, ImportError> {
        let Some(list) = self.value.as_array() else {
            return Err(ImportError::new(format!("{}: expected a list", self.path)));
        };
        let item = |(at, value): (usize, &'a Value)| {
            read(value).ok_or_else(|| {
                ImportError::new(format!("{}[{at}]: {value} was not expected there", self.path))
            })
        };
        list.iter().enumerate().map(item).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::Node;

    const MODEL: &str = r#"{"learner":{"attributes":{},"feature_names":["elapsed","x","age"],
        "gradient_booster":{"model":{"trees":[
            {"split_indices":[1,0,0,0,0],"split_conditions":[5E-1,1E-1,25E-2,-15E-1,75E-2],
             "left_children":[1,3,-1,-1,-1],"right_children":[2,4,-1,-1,-1],
             "default_left":[0,0,0,0,0],"split_type":[0,0,0,0,0],"categories":[],
             "tree_param":{"size_leaf_vector":"1"}},
            {"split_indices":[0],"split_conditions":[125E-3],"left_children":[-1],
             "right_children":[-1]}]},"name":"gbtree"},
        "learner_model_param":{"base_score":"[2E-1]","num_class":"0","num_target":"1"},
        "objective":{"name":"binary:logistic"}},"version":[3,2,0]}"#;

    #[test]
    fn trees_and_the_base_score_are_read() {
        let source = read(MODEL.as_bytes()).unwrap();
        assert!((source.bias - (libm::log(0.25) + 0.125)).abs() < 1e-15);
        let x = unspoken::feature::index_of("x").unwrap() as u8;
        let expected = [
            Node::Split { feature: x, threshold: 0.5, next: [1, 4] },
            // As f32: 0.1 would lie below what was meant.
            Node::Split { feature: 0, threshold: f64::from(0.1_f32), next: [2, 3] },
            Node::Leaf(-1.5),
            Node::Leaf(0.75),
            Node::Leaf(0.25),
        ];
        assert_eq!(source.trees[0].nodes, expected);
        for other in ["\"2E-1\"", "0.2"] {
            let text = MODEL.replace("\"[2E-1]\"", other);
            assert_eq!(read(text.as_bytes()).unwrap(), source, "{other}");
        }
    }

    #[test]
    fn a_value_at_the_threshold_is_above_it() {
        let source = read(MODEL.as_bytes()).unwrap();
        let mut features = [0.0; unspoken::feature::COUNT];
        let x = unspoken::feature::index_of("x").unwrap();
        features[x] = 0.5;
        assert_eq!(
            source.forecast(&features),
            unspoken::intent::model::sigmoid(source.bias + 0.25)
        );
        features[x] = 0.4999;
        assert_eq!(source.forecast(&features), unspoken::intent::model::sigmoid(source.bias - 1.5));
    }

    #[test]
    fn a_dart_tree_is_multiplied_by_its_weight() {
        let (from, to) = (
            r#""gradient_booster":{"model""#,
            r#""gradient_booster":{"weight_drop":[5E-1,1E0],"name":"dart","gbtree":{"model""#,
        );
        let text = MODEL.replace(from, to).replace(r#""name":"gbtree"}"#, r#""name":"gbtree"}}"#);
        let source = read(text.as_bytes()).unwrap();
        assert_eq!(source.trees[0].nodes[2], Node::Leaf(-0.75));
        let short = text.replace("[5E-1,1E0]", "[5E-1]");
        let error = read(short.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("weight_drop"), "{error}");
    }

    #[test]
    fn weights_of_positives_are_told() {
        let objective = |weight: &str| {
            let param = format!(r#""reg_loss_param":{{"scale_pos_weight":"{weight}"}}"#);
            let to = format!(r#""binary:logistic",{param}"#);
            read(MODEL.replace("\"binary:logistic\"", &to).as_bytes()).unwrap().notes
        };
        assert!(objective("4").iter().any(|note| note.contains("scale_pos_weight")));
        assert!(objective("1").iter().all(|note| !note.contains("scale_pos_weight")));
    }

    #[test]
    fn early_stopping_is_told() {
        let text = MODEL.replace(r#""attributes":{}"#, r#""attributes":{"best_iteration":"4"}"#);
        let notes = read(text.as_bytes()).unwrap().notes;
        assert!(notes.iter().any(|note| note.contains("booster[: 5]")), "{notes:?}");
    }

    #[test]
    fn what_cannot_be_carried_is_refused_with_place_and_mend() {
        let refused = |from: &str, to: &str, words: [&str; 2]| {
            let text = MODEL.replacen(from, to, 1);
            assert_ne!(text, MODEL, "{from} is not in the model");
            let error = read(text.as_bytes()).unwrap_err().to_string();
            assert!(words.iter().all(|word| error.contains(word)), "{error}");
        };
        refused("{\"learner\"", "{L", ["not JSON", "save_model"]);
        refused("\"learner\"", "\"tree_info\"", ["dump", "save_model"]);
        refused("\"learner\"", "\"other\"", ["learner is missing", "save_model"]);
        refused("binary:logistic", "multi:softprob", ["learner.objective.name", "binary:logistic"]);
        refused("binary:logistic", "reg:squarederror", ["squarederror", "binary:logistic"]);
        refused(r#""num_class":"0""#, r#""num_class":"3""#, ["num_class is 3", "for each"]);
        refused(r#""num_target":"1""#, r#""num_target":"2""#, ["num_target is 2", "for each"]);
        refused("[2E-1]", "[2E-1,3E-1]", ["base_score", "one probability"]);
        refused("[2E-1]", "1E0", ["base_score", "between 0 and 1"]);
        refused(r#""name":"gbtree""#, r#""name":"gblinear""#, ["gblinear", "gbtree"]);
        refused("[\"elapsed\",\"x\",\"age\"]", "[]", ["feature_names", "DMatrix"]);
        refused("\"elapsed\"", "\"sex\"", ["\"sex\"", "move_idle"]);
        refused("\"split_type\":[0", "\"split_type\":[1", ["tree 0", "enable_categorical"]);
        refused("\"categories\":[]", "\"categories\":[1]", ["tree 0", "enable_categorical"]);
        refused("\"left_children\":[1", "\"left_children\":[9", ["tree 0", "child"]);
        refused("\"left_children\":[1,3", "\"left_children\":[1,0", ["tree 0", "deeper"]);
        refused("\"left_children\":[1,", "\"left_children\":[", ["tree 0", "length"]);
        refused("\"split_indices\":[1", "\"split_indices\":[7", ["feature 7", "names 3"]);
        refused("size_leaf_vector\":\"1", "size_leaf_vector\":\"2", ["tree 0", "vectors"]);
        refused("[5E-1,", "[1E39,", ["tree 0", "threshold"]);
        refused("-15E-1", "NaN", ["trees[0].split_conditions[3]", "null"]);
        refused("-15E-1", "null", ["trees[0].split_conditions[3]", "null"]);
        refused("\"trees\"", "\"leaves\"", ["model.trees", "missing"]);
    }
}
