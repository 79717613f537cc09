"""Holds our models against LightGBM and scikit-learn on the same five folds.

Run by hand; nothing else needs Python. Make the environment, write the samples, compare:

    python3 -m venv .unspoken/baselines
    .unspoken/baselines/bin/pip install numpy scikit-learn lightgbm
    unspoken train commit --traces ../shared/data/adserp/traces --out /tmp/commit.model --left-out /tmp/commit.csv
    unspoken train buy --sessions ../shared/data/uci_online_shoppers/train.csv --out /tmp/buy.model --left-out /tmp/buy.csv
    .unspoken/baselines/bin/python benches/baselines.py /tmp/commit.csv /tmp/buy.csv

`--left-out` writes person, fold, label, features and our forecast by a model that was fitted without
the fold. Every baseline is fitted on the same folds. A row says how it does and by how much ours is
better, with the middle 95 % of 1,000 draws of people (of sessions where the data knows no people);
each draw takes the same people for both. A difference above 0 is for us. Output is Markdown.
"""

import csv
import sys
import warnings

import numpy as np
from lightgbm import LGBMClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
DRAWS = 1000
SEED = 1
COLUMNS = 6  # before the features


def read(path):
    with open(path, newline="") as file:
        names, *rows = csv.reader(file)
    columns = {name: [row[at] for row in rows] for at, name in enumerate(names[:COLUMNS])}
    features = np.array([row[COLUMNS:] for row in rows], dtype=float)
    label = np.array(columns["happened"], dtype=int)
    return columns, names[COLUMNS:], features, label


def log_loss(label, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.mean(np.where(label == 1, np.log(p), np.log(1 - p)))


def ece(label, p):
    bins = np.minimum((p * 15).astype(int), 14)
    return np.bincount(bins, p - label, 15).__abs__().sum() / len(label)


def figures(label, p):
    return np.array([roc_auc_score(label, p), average_precision_score(label, p), log_loss(label, p)])


def lightgbm(**settings):
    settings = {"min_child_samples": 100, "reg_lambda": 5, "verbose": -1, "n_jobs": 1,
                "random_state": SEED, "subsample": 0.7, "subsample_freq": 1} | settings
    return lambda: LGBMClassifier(**settings)


def scaled(model):
    return lambda: make_pipeline(StandardScaler(), model())


def tuned(features, label, folds, candidates):
    """The candidate with the least log-loss over the folds: tuned on what it is judged by, which
    flatters the baseline and not us."""
    out = [left_out(features, label, folds, model) for model in candidates]
    return min(out, key=lambda p: log_loss(label, p))


def left_out(features, label, folds, model):
    p = np.zeros(len(label))
    for fold in np.unique(folds):
        inside = folds != fold
        p[~inside] = model().fit(features[inside], label[inside]).predict_proba(features[~inside])[:, 1]
    return p


def baselines(names, features, label, folds):
    if "elapsed" in names:
        elapsed = features[:, [names.index("elapsed")]]
        yield "elapsed time alone", left_out(elapsed, label, folds, scaled(LogisticRegression))
    strengths = [0.001, 0.003, 0.01, 0.1, 1, 10]
    yield "logistic, scikit-learn, tuned", tuned(features, label, folds, [
        scaled(lambda c=c: LogisticRegression(C=c, max_iter=2000)) for c in strengths])
    yield "20 trees of depth 3, LightGBM", left_out(
        features, label, folds,
        lightgbm(n_estimators=20, max_depth=3, num_leaves=8, learning_rate=0.2))
    yield "LightGBM, tuned", tuned(features, label, folds, [
        lightgbm(n_estimators=n, num_leaves=leaves, learning_rate=rate)
        for n, rate in [(60, 0.1), (150, 0.05), (400, 0.02)] for leaves in [4, 8, 16]])
    for units in [8, 32]:
        yield f"MLP-{units}, scikit-learn, tuned", tuned(features, label, folds, [
            scaled(lambda a=a: MLPClassifier((units,), activation="tanh", solver="lbfgs", alpha=a,
                                             max_iter=300, random_state=SEED))
            for a in [3, 10, 30, 80]])


def draws(columns):
    people, place = np.unique(columns["person"], return_inverse=True)
    members = np.split(np.argsort(place, kind="stable"), np.cumsum(np.bincount(place))[:-1])
    rng = np.random.default_rng(SEED)
    for _ in range(DRAWS):
        drawn = rng.integers(0, len(people), len(people))
        yield np.concatenate([members[person] for person in drawn])


def compare(path):
    columns, names, features, label = read(path)
    folds = np.array(columns["fold"], dtype=int)
    ours = np.array(columns["forecast"], dtype=float)
    people = len(set(columns["person"]))
    print(f"\n### {path.split('/')[-1].removesuffix('.csv')}\n")
    unit = "sessions" if people == len(label) else "people"
    print(f"{len(label):,} samples, {label.sum():,} positive, {people:,} {unit}.\n")
    print("| model | AUC | AP | log-loss | ECE | ours better by: AUC | AP | log-loss |")
    print("|---|---|---|---|---|---|---|---|")
    row = lambda name, p: f"| {name} | " + " | ".join(
        f"{value:.4f}" for value in [*figures(label, p), ece(label, p)])
    print(row("**ours**", ours) + " | | | |", flush=True)
    sets = [drawn for drawn in draws(columns) if 0 < label[drawn].sum() < len(drawn)]
    own = np.array([figures(label[drawn], ours[drawn]) for drawn in sets])
    sign = np.array([1, 1, -1])
    for name, p in baselines(names, features, label, folds):
        theirs = np.array([figures(label[drawn], p[drawn]) for drawn in sets])
        low, high = np.percentile((own - theirs) * sign, [2.5, 97.5], axis=0)
        by = (figures(label, ours) - figures(label, p)) * sign
        cells = [f"{by[at]:+.4f} ({low[at]:+.4f} to {high[at]:+.4f})" for at in range(3)]
        print(row(name, p) + " | " + " | ".join(cells) + " |", flush=True)


for path in sys.argv[1:]:
    compare(path)
