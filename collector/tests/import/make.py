"""Trains small models with the real LightGBM and XGBoost on made-up data, for the tests of
`unspoken import`.

    python make.py fixtures               writes lightgbm.txt, lightgbm.csv, xgboost.json and
                                          xgboost.csv beside this file
    python make.py live PACKAGE SEED DIR  writes models of several shapes into DIR, a pair of
                                          <shape>.txt or .json and <shape>.csv each

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


def lightgbm_model(path, names, x, y, rounds, **params):
    import lightgbm

    params = {"objective": "binary", "verbose": -1, "num_threads": 1, **params}
    booster = lightgbm.train(params, lightgbm.Dataset(x, y, feature_name=names), rounds)
    booster.save_model(path.with_suffix(".txt"))
    write(path.with_suffix(".csv"), names, x, y, booster.predict(x))


def xgboost_model(path, names, x, y, rounds, **params):
    import xgboost

    params = {"objective": "binary:logistic", "nthread": 1, **params}
    booster = xgboost.train(params, xgboost.DMatrix(x, y, feature_names=names), rounds)
    booster.save_model(path.with_suffix(".json"))
    forecast = booster.predict(xgboost.DMatrix(x, feature_names=names))
    write(path.with_suffix(".csv"), names, x, y, forecast)


LIGHTGBM_SHAPES = {
    "leaves-8": dict(rounds=12, num_leaves=8),
    "leaves-31": dict(rounds=6, num_leaves=31),
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
    "leaf-wise": dict(rounds=6, max_depth=0, max_leaves=16, grow_policy="lossguide"),
    "exact": dict(rounds=8, max_depth=3, tree_method="exact", gamma=1.0),
    "dart": dict(rounds=12, max_depth=3, booster="dart", rate_drop=0.5, one_drop=1),
    "forest": dict(rounds=3, max_depth=3, num_parallel_tree=4, subsample=0.5),
}
PACKAGES = {
    "lightgbm": (lightgbm_model, LIGHTGBM_SHAPES),
    "xgboost": (xgboost_model, XGBOOST_SHAPES),
}


def main(args):
    if args == ["fixtures"]:
        here = pathlib.Path(__file__).parent
        names, x, y = data(7)
        lightgbm_model(here / "lightgbm", names, x, y, 10, num_leaves=8, seed=7)
        xgboost_model(here / "xgboost", names, x, y, 10, max_depth=3, seed=7)
    elif len(args) == 4 and args[0] == "live" and args[1] in PACKAGES:
        make, shapes = PACKAGES[args[1]]
        seed, folder = int(args[2]), pathlib.Path(args[3])
        __import__(args[1])
        for number, (shape, params) in enumerate(shapes.items()):
            names, x, y = data([seed, number])
            make(folder / shape, names, x, y, seed=seed % 2**31, **params)
            print(shape)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
