"""Trains small models with the real LightGBM and XGBoost on made-up data, for the tests of
`unspoken import`.

    python make.py fixtures               writes lightgbm.txt, lightgbm.csv, xgboost.json and
                                          xgboost.csv beside this file
    python make.py live PACKAGE SEED DIR  writes models of several shapes into DIR, a pair of
                                          <shape>.txt or .json and <shape>.csv each, and models
                                          that import refuses; prints a line for each: the file,
                                          and for the refused a tab and what the refusal must say

The data are synthetic: seeded numbers within the features' ranges, and an outcome drawn from a
formula of them. No recording of a person is in them. A CSV has the features, `label`, and in
`forecast` what the package itself predicts for the row.

The fixtures that are committed were made with lightgbm 4.7.0, xgboost-cpu 3.2.0 and numpy 2.4.6.
"""

import csv
import pathlib
import sys

import numpy as np

ROWS = 3000
KEPT = 150


def data(seed):
    """Features by name, and labels."""
    rng = np.random.default_rng(seed)
    columns = {
        "elapsed": np.log1p(rng.exponential(30, ROWS)),
        "idle": np.log1p(rng.exponential(3, ROWS)),
        "path_2s": np.log1p(rng.exponential(400, ROWS)),
        "straight_2s": rng.uniform(0, 1, ROWS),
        "depth": rng.uniform(0, 1, ROWS),
        # A count, a flag, and a feature that is 0 half of the time: thresholds at or beside values.
        "reversals_8s": np.minimum(rng.poisson(1.5, ROWS), 8).astype(float),
        "in_slot": (rng.uniform(size=ROWS) < 0.4).astype(float),
        "stay": np.where(rng.uniform(size=ROWS) < 0.5, 0.0, np.log1p(rng.exponential(4, ROWS))),
    }
    x = np.column_stack([np.round(column, 6) for column in columns.values()])
    logit = (
        -1.0
        + 2.0 * x[:, 3] * x[:, 6]
        - 0.8 * np.abs(x[:, 1] - 1.2)
        + 0.6 * np.sin(x[:, 2])
        + 0.4 * x[:, 7]
        + 1.0 * (x[:, 5] >= 2) * (x[:, 4] > 0.4)
        - 0.2 * x[:, 0]
    )
    y = (rng.uniform(size=ROWS) < 1 / (1 + np.exp(-logit))).astype(int)
    return list(columns), x, y


def write(path, names, x, y, forecast):
    with open(path, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([*names, "label", "forecast"])
        for row, label, value in list(zip(x, y, forecast))[:KEPT]:
            out.writerow([*(repr(float(it)) for it in row), int(label), repr(float(value))])


def lightgbm_train(names, x, y, rounds, categories=(), **params):
    import lightgbm

    params = {"objective": "binary", "verbose": -1, "num_threads": 1, **params}
    rows = lightgbm.Dataset(x, y, feature_name=names or "auto", categorical_feature=[*categories])
    return lightgbm.train(params, rows, rounds)


def xgboost_train(names, x, y, rounds, categories=(), **params):
    import xgboost

    types = ["c" if name in categories else "q" for name in names] if categories else None
    rows = xgboost.DMatrix(
        x, y, feature_names=names or None, feature_types=types, enable_categorical=bool(types)
    )
    params = {"objective": "binary:logistic", "nthread": 1, **params}
    return xgboost.train(params, rows, rounds), rows


def lightgbm_model(path, names, x, y, rounds, **params):
    booster = lightgbm_train(names, x, y, rounds, **params)
    booster.save_model(path.with_suffix(".txt"))
    write(path.with_suffix(".csv"), names, x, y, booster.predict(x))


def xgboost_model(path, names, x, y, rounds, **params):
    booster, rows = xgboost_train(names, x, y, rounds, **params)
    booster.save_model(path.with_suffix(".json"))
    write(path.with_suffix(".csv"), names, x, y, booster.predict(rows))


LIGHTGBM_SHAPES = {
    "leaves-8": dict(rounds=12, num_leaves=8),
    "leaves-31": dict(rounds=6, num_leaves=31, max_depth=12),
    "depth-3": dict(rounds=20, num_leaves=8, max_depth=3, learning_rate=0.2),
    "stumps": dict(rounds=60, num_leaves=2, learning_rate=0.3),
    "unbalanced": dict(rounds=8, num_leaves=12, is_unbalance=True),
    "no-average": dict(rounds=10, num_leaves=8, boost_from_average=False, scale_pos_weight=3.0),
    "dart": dict(rounds=12, num_leaves=8, boosting="dart", drop_rate=0.5),
    "goss": dict(rounds=8, num_leaves=10, data_sample_strategy="goss", extra_trees=True),
    "sigmoid-2": dict(rounds=8, num_leaves=8, sigmoid=2.0),
}
XGBOOST_SHAPES = {
    "depth-3": dict(rounds=12, max_depth=3),
    "depth-5": dict(rounds=5, max_depth=5),
    "stumps": dict(rounds=60, max_depth=1),
    "base-score": dict(rounds=8, max_depth=3, base_score=0.1),
    "positive-weight": dict(rounds=8, max_depth=3, scale_pos_weight=4.0),
    "leaf-wise": dict(rounds=6, max_depth=12, max_leaves=16, grow_policy="lossguide"),
    "exact": dict(rounds=8, max_depth=3, tree_method="exact", gamma=1.0),
    "dart": dict(rounds=12, max_depth=3, booster="dart", rate_drop=0.5, one_drop=1),
    "forest": dict(rounds=3, max_depth=3, num_parallel_tree=4, subsample=0.5),
}


def lightgbm_refused(folder, names, x, y):
    """Models that import refuses: the file, and what the refusal says."""
    thirds = np.digitize(x[:, 1], [0.5, 1.5])
    for name, mend, labels, params in [
        ("classes", 'objective="binary"', thirds, dict(objective="multiclass", num_class=3)),
        ("regression", 'objective="binary"', x[:, 1], dict(objective="regression")),
        ("forest", 'boosting="gbdt"', y, dict(boosting="rf", bagging_fraction=0.5, bagging_freq=1)),
        ("linear", "linear_tree=False", y, dict(linear_tree=True)),
        ("categories", "categorical_feature", y, dict(categories=["reversals_8s"])),
        ("zeros", "zero_as_missing=False", y, dict(zero_as_missing=True)),
        ("nameless", "which no page computes", y, dict(names=[])),
        ("wide", "num_leaves=65", y, dict(num_leaves=100, max_depth=8, min_data_in_leaf=2)),
        ("long", "num_boost_round=64", y, dict(rounds=90, num_leaves=2, learning_rate=0.01)),
        ("large", "at most 4096", y, dict(rounds=60, num_leaves=31, max_depth=8)),
    ]:
        params = {"names": names, "rounds": 3, **params}
        booster = lightgbm_train(params.pop("names"), x, labels, params.pop("rounds"), **params)
        booster.save_model(folder / f"{name}.refused")
        yield f"{name}.refused", mend
    import json

    dump = json.dumps(lightgbm_train(names, x, y, 1).dump_model())
    (folder / "dump.refused").write_text(dump)
    yield "dump.refused", "dump"


def xgboost_refused(folder, names, x, y):
    thirds = np.digitize(x[:, 1], [0.5, 1.5])
    classes = dict(objective="multi:softprob", num_class=3)
    for name, mend, labels, params in [
        ("classes", 'objective="binary:logistic"', thirds, classes),
        ("regression", 'objective="binary:logistic"', x[:, 1], dict(objective="reg:squarederror")),
        ("linear", 'booster="gbtree"', y, dict(booster="gblinear")),
        ("categories", "enable_categorical=False", y, dict(categories=["reversals_8s"])),
        ("nameless", "feature_names", y, dict(names=[])),
        ("wide", "max_leaves=65", y, dict(max_depth=8, min_child_weight=0)),
        ("deep", "max_depth=12", y, dict(max_depth=16, min_child_weight=0)),
        ("long", "num_boost_round=64", y, dict(rounds=90, max_depth=1)),
        ("large", "at most 4096", y, dict(rounds=60, max_depth=5, min_child_weight=0)),
    ]:
        params = {"names": names, "rounds": 3, **params}
        booster, _ = xgboost_train(params.pop("names"), x, labels, params.pop("rounds"), **params)
        booster.save_model(folder / f"{name}.json")
        yield f"{name}.json", mend
    booster.save_model(folder / "binary.ubj")
    yield "binary.ubj", "model.json"
    booster.dump_model(folder / "dump.json", dump_format="json")
    yield "dump.json", "dump"


PACKAGES = {
    "lightgbm": (lightgbm_model, LIGHTGBM_SHAPES, lightgbm_refused),
    "xgboost": (xgboost_model, XGBOOST_SHAPES, xgboost_refused),
}


def main(args):
    if args == ["fixtures"]:
        here = pathlib.Path(__file__).parent
        names, x, y = data(7)
        lightgbm_model(here / "lightgbm", names, x, y, 10, num_leaves=8, seed=7)
        xgboost_model(here / "xgboost", names, x, y, 10, max_depth=3, seed=7)
    elif len(args) == 4 and args[0] == "live" and args[1] in PACKAGES:
        make, shapes, refused = PACKAGES[args[1]]
        seed, folder = int(args[2]), pathlib.Path(args[3])
        ending = {"lightgbm": "txt", "xgboost": "json"}[args[1]]
        for number, (shape, params) in enumerate(shapes.items()):
            names, x, y = data([seed, number])
            make(folder / shape, names, x, y, seed=seed % 2**31, **params)
            print(f"{shape}.{ending}")
        (folder / "refused").mkdir()
        for name, mend in refused(folder / "refused", *data(seed)):
            print(f"refused/{name}\t{mend}")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
