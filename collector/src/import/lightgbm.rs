//! LightGBM's text model: a header, then a block for each tree, each line `key=value`.
//!
//! Leaves hold the shrinkage, a dart tree's weight, and (the first tree's) the base rate, so what
//! stands there is what is summed. A split's bit field says whether it is categorical, and what is
//! missing; features are never missing, so only "zero is missing" makes a difference, and is
//! refused.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::{Format, ImportError, Names, Raw, Source, gather, in_tree, weighted};

/// The lines of a block by key.
type Block<'a> = BTreeMap<&'a str, &'a str>;

const CATEGORICAL: u32 = 1;
/// Two bits: 0 nothing is missing, 1 zero is, 2 NaN is.
const MISSING_SHIFT: u32 = 2;
const ZERO_IS_MISSING: u32 = 1;

/// Reads the text that `Booster.save_model` writes.
pub fn read(bytes: &[u8]) -> Result<Source, ImportError> {
    let refuse = |sentence: &str| Err(ImportError::new(sentence));
    let Ok(text) = std::str::from_utf8(bytes) else {
        return refuse("this is no text: save the model with booster.save_model(\"model.txt\")");
    };
    let mut lines = text.trim_start_matches('\u{feff}').lines().map(str::trim_end);
    if lines.next() != Some("tree") {
        return refuse(
            "a LightGBM text model begins with the line \"tree\": save it with \
             booster.save_model(\"model.txt\") (of an LGBMClassifier: .booster_)",
        );
    }
    let mut blocks: Vec<Block> = vec![Block::new()];
    let mut is_whole = false;
    for line in lines {
        if line == "end of trees" {
            is_whole = true;
            break;
        }
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        if key == "Tree" {
            blocks.push(Block::new());
        }
        if let Some(block) = blocks.last_mut() {
            block.insert(key, value);
        }
    }
    if !is_whole {
        return refuse("the line \"end of trees\" is missing, so the file was cut: save it anew");
    }
    let header = blocks.remove(0);
    let slope = check(&header)?;
    let names = header.get("feature_names").copied().unwrap_or("");
    let names = Names::new(names.split_whitespace().map(String::from).collect());

    let mut source =
        Source { format: Format::LightGbm, bias: 0.0, trees: Vec::new(), notes: Vec::new() };
    for (number, block) in blocks.iter().enumerate() {
        source.push(tree(number, block, &names, slope)?);
    }
    source.notes.extend(names.note_unknown());
    // The parameters stand after the trees, as `[name: value]`; a file may come without them.
    for (parameter, usual) in [("scale_pos_weight", 1.0), ("is_unbalance", 0.0)] {
        let value = text.split_once(&format!("\n[{parameter}: ")).and_then(|(_, rest)| {
            rest.split(']').next().and_then(|value| value.parse::<f64>().ok())
        });
        source.notes.extend((value.unwrap_or(usual) != usual).then(|| weighted(parameter)));
    }
    Ok(source)
}

/// Whether the header says what can be carried; returns what the sum of leaves is multiplied by.
fn check(header: &Block) -> Result<f64, ImportError> {
    let get = |key: &str| header.get(key).copied().unwrap_or("");
    let refuse = |sentence: String| Err(ImportError::new(sentence));
    if !matches!(get("version"), "v3" | "v4") {
        return refuse(format!(
            "version={}: LightGBM 3 and 4 write v3 and v4, and only these are known: save the \
             model with one of them",
            get("version")
        ));
    }
    if header.contains_key("average_output") {
        return refuse(
            "average_output: a random forest averages its trees, and a model file sums them: \
             train with boosting=\"gbdt\""
                .into(),
        );
    }
    if get("num_class") != "1" || get("num_tree_per_iteration") != "1" {
        return refuse(format!(
            "num_class={}: a head forecasts one outcome: train a model with objective=\"binary\" \
             for each",
            get("num_class")
        ));
    }
    let mut objective = get("objective").split_whitespace();
    if objective.next() != Some("binary") {
        return refuse(format!(
            "objective={}: a forecast is the probability of an outcome: train with \
             objective=\"binary\"",
            if get("objective").is_empty() { "none" } else { get("objective") }
        ));
    }
    let mut slope = 1.0;
    for word in objective {
        if let Some(number) = word.strip_prefix("sigmoid:") {
            slope = number.parse().unwrap_or(f64::NAN);
        }
    }
    if !(slope.is_finite() && slope > 0.0) {
        return refuse(format!("objective={}: sigmoid is no number above 0", get("objective")));
    }
    Ok(slope)
}

/// The numbers of a line; there have to be `count`.
fn numbers<T: FromStr>(
    block: &Block,
    key: &str,
    count: usize,
    number: usize,
) -> Result<Vec<T>, ImportError> {
    let line = block.get(key).copied().unwrap_or("");
    let read: Result<Vec<T>, _> = line.split_whitespace().map(str::parse).collect();
    match read {
        Ok(read) if read.len() == count => Ok(read),
        Ok(read) => Err(in_tree(
            number,
            format!("{key} has {} numbers, expected {count}: save the model anew", read.len()),
        )),
        Err(_) => Err(in_tree(number, format!("{key} holds no numbers: save the model anew"))),
    }
}

fn tree(
    number: usize,
    block: &Block,
    names: &Names,
    slope: f64,
) -> Result<super::SourceTree, ImportError> {
    let [leaves]: [usize; 1] = numbers(block, "num_leaves", 1, number)?
        .try_into()
        .map_err(|_| in_tree(number, "num_leaves is missing: save the model anew"))?;
    if leaves == 0 {
        return Err(in_tree(number, "num_leaves is 0: save the model anew"));
    }
    if block.get("is_linear").is_some_and(|value| *value != "0") {
        return Err(in_tree(
            number,
            "its leaves are linear, and a model file's are numbers: train with linear_tree=False",
        ));
    }
    let values: Vec<f64> = numbers(block, "leaf_value", leaves, number)?;
    let splits = leaves - 1;
    let features: Vec<usize> = numbers(block, "split_feature", splits, number)?;
    let thresholds: Vec<f64> = numbers(block, "threshold", splits, number)?;
    let types: Vec<u32> = numbers(block, "decision_type", splits, number)?;
    let below: Vec<isize> = numbers(block, "left_child", splits, number)?;
    let above: Vec<isize> = numbers(block, "right_child", splits, number)?;
    // A leaf's place is its number after all splits'.
    let place = |child: isize| if child < 0 { splits + !child as usize } else { child as usize };
    let root = 0;
    gather(number, names, root, |at| {
        if let Some(value) = at.checked_sub(splits).and_then(|leaf| values.get(leaf)) {
            return Ok(Raw::Leaf(value * slope));
        }
        let (Some(feature), Some(threshold), Some(kind), Some(below), Some(above)) =
            (features.get(at), thresholds.get(at), types.get(at), below.get(at), above.get(at))
        else {
            return Err(in_tree(number, "a child is not there: save the model anew"));
        };
        let name = || names.names.get(*feature).map_or("", String::as_str);
        if kind & CATEGORICAL != 0 {
            let what = format!(
                "its split on \"{}\" is categorical, and features are numbers: train without \
                 categorical_feature",
                name()
            );
            return Err(in_tree(number, what));
        }
        if (kind >> MISSING_SHIFT) & 3 == ZERO_IS_MISSING {
            let what = format!(
                "its split on \"{}\" takes 0 for missing, and here it is a number like any other: \
                 train with zero_as_missing=False",
                name()
            );
            return Err(in_tree(number, what));
        }
        Ok(Raw::Split(*feature, *threshold, [place(*below), place(*above)]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::Node;

    /// Two trees: three leaves under two splits, then a tree without a split.
    const MODEL: &str = "tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=2
objective=binary sigmoid:1
feature_names=elapsed x age
feature_infos=[0:9] [0:1] [18:90]

Tree=0
num_leaves=3
num_cat=0
split_feature=1 0
threshold=0.5 2.25
decision_type=2 10
left_child=1 -1
right_child=-2 -3
leaf_value=-1.5 0.25 0.75
is_linear=0
shrinkage=1

Tree=1
num_leaves=1
num_cat=0
split_feature=
threshold=
decision_type=
left_child=
right_child=
leaf_value=0.125
is_linear=0
shrinkage=0.1

end of trees

parameters:
[boosting: gbdt]
end of parameters
";

    #[test]
    fn trees_are_read_and_one_without_a_split_is_part_of_the_bias() {
        let source = read(MODEL.as_bytes()).unwrap();
        assert_eq!(source.bias, 0.125);
        let x = unspoken::feature::index_of("x").unwrap() as u8;
        let expected = [
            Node::Split { feature: x, threshold: 0.5, next: [1, 4] },
            Node::Split { feature: 0, threshold: 2.25, next: [2, 3] },
            Node::Leaf(-1.5),
            Node::Leaf(0.75),
            Node::Leaf(0.25),
        ];
        assert_eq!(source.trees.len(), 1);
        assert_eq!(source.trees[0].nodes, expected);
        assert_eq!(source.notes.len(), 1);
        assert!(source.notes[0].contains("age"), "{}", source.notes[0]);
        let windows = MODEL.replace('\n', "\r\n");
        assert_eq!(read(windows.as_bytes()).unwrap(), source);
    }

    #[test]
    fn a_sigmoid_other_than_1_multiplies_the_leaves() {
        let source = read(MODEL.replace("sigmoid:1", "sigmoid:2").as_bytes()).unwrap();
        assert_eq!(source.bias, 0.25);
        assert_eq!(source.trees[0].nodes[2], Node::Leaf(-3.0));
    }

    #[test]
    fn weights_of_positives_are_told() {
        for (parameter, notes) in
            [("is_unbalance: 1", 2), ("scale_pos_weight: 3", 2), ("is_unbalance: 0", 1)]
        {
            let text = MODEL.replace("[boosting: gbdt]", &format!("[{parameter}]"));
            let source = read(text.as_bytes()).unwrap();
            assert_eq!(source.notes.len(), notes, "{parameter}: {:?}", source.notes);
        }
    }

    #[test]
    fn a_value_at_the_threshold_is_below_it() {
        let source = read(MODEL.as_bytes()).unwrap();
        let mut features = [0.0; unspoken::feature::COUNT];
        let x = unspoken::feature::index_of("x").unwrap();
        (features[0], features[x]) = (2.25, 0.5);
        let sigmoid = unspoken::intent::model::sigmoid;
        assert_eq!(source.forecast(&features), sigmoid(0.125 - 1.5));
        features[0] = 2.2500001;
        assert_eq!(source.forecast(&features), sigmoid(0.125 + 0.75));
    }

    #[test]
    fn what_cannot_be_carried_is_refused_with_place_and_mend() {
        let refused = |from: &str, to: &str, words: [&str; 2]| {
            let text = MODEL.replacen(from, to, 1);
            assert_ne!(text, MODEL, "{from} is not in the model");
            let error = read(text.as_bytes()).unwrap_err().to_string();
            assert!(words.iter().all(|word| error.contains(word)), "{error}");
        };
        refused("tree\n", "{\n", ["begins with", "save_model"]);
        refused("version=v4", "version=v9", ["version=v9", "v4"]);
        refused("version=v4", "version=v4\naverage_output", ["average_output", "gbdt"]);
        refused("num_class=1", "num_class=3", ["num_class=3", "binary"]);
        refused("objective=binary sigmoid:1", "objective=regression", ["regression", "binary"]);
        refused("objective=binary sigmoid:1\n", "", ["objective=none", "binary"]);
        refused("sigmoid:1", "sigmoid:0", ["sigmoid", "above 0"]);
        refused("decision_type=2 10", "decision_type=2 3", ["tree 0", "categorical_feature"]);
        refused("decision_type=2 10", "decision_type=2 6", ["\"elapsed\"", "zero_as_missing"]);
        refused("is_linear=0", "is_linear=1", ["tree 0", "linear_tree=False"]);
        refused("feature_names=elapsed x", "feature_names=sex x", ["\"sex\"", "move_idle"]);
        refused("feature_names=elapsed x age", "feature_names=", ["feature 1", "names 0"]);
        refused("threshold=0.5 2.25", "threshold=0.5", ["threshold has 1", "expected 2"]);
        refused("threshold=0.5 2.25", "threshold=0.5 nan", ["tree 0", "threshold"]);
        refused("threshold=0.5 2.25", "threshold=0.5 two", ["threshold", "no numbers"]);
        refused("leaf_value=-1.5", "leaf_value=inf", ["tree 0", "leaf"]);
        refused("left_child=1", "left_child=7", ["tree 0", "child"]);
        refused("left_child=1", "left_child=0", ["tree 0", "deeper"]);
        refused("end of trees", "", ["end of trees", "cut"]);
        refused("num_leaves=3", "num_leaves=0", ["tree 0", "num_leaves"]);
    }

    #[test]
    fn a_tree_with_too_many_splits_is_refused() {
        // A balanced tree: split n leads to splits 2n + 1 and 2n + 2, and below those to leaves.
        let splits = 70;
        let child = |at: usize| {
            if at < splits { at.to_string() } else { format!("-{}", at - splits + 1) }
        };
        let list =
            |of: &dyn Fn(usize) -> String, count| (0..count).map(of).collect::<Vec<_>>().join(" ");
        let block = format!(
            "Tree=0\nnum_leaves=71\nsplit_feature={}\nthreshold={}\ndecision_type={}\n\
             left_child={}\nright_child={}\nleaf_value={}\n",
            list(&|_| "0".into(), splits),
            list(&|at| at.to_string(), splits),
            list(&|_| "2".into(), splits),
            list(&|at| child(2 * at + 1), splits),
            list(&|at| child(2 * at + 2), splits),
            list(&|at| at.to_string(), splits + 1),
        );
        let (header, _) = MODEL.split_once("Tree=0").unwrap();
        let text = format!("{header}{block}\nend of trees\n");
        let error = read(text.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with("tree 0: it has 70 splits, at most 64"), "{error}");
        assert!(error.contains("num_leaves=65"), "{error}");
    }
}
