"""What gbstats says of simulated experiments, as JSON: `python check.py [SEED]`.

`collector/tests/stats/main.rs` holds our statistics to it. What it printed with seed 1 and gbstats 0.8.0
is kept in `tests/vectors/stats.json`, so that the comparison needs no Python:

    .unspoken/tools/python-checks/bin/python collector/tests/stats/check.py > tests/vectors/stats.json
"""

import importlib.metadata
import json
import sys

import numpy as np
from gbstats.bayesian.tests import EffectBayesianABTest
from gbstats.frequentist.tests import SequentialTwoSidedTTest, TwoSidedTTest
from gbstats.models.statistics import (
    ProportionStatistic,
    RatioStatistic,
    RegressionAdjustedStatistic,
    SampleMeanStatistic,
)
from gbstats.utils import check_srm


def mean(numbers):
    numbers = np.asarray(numbers, dtype=float)
    return SampleMeanStatistic(n=len(numbers), sum=float(numbers.sum()), sum_squares=float((numbers**2).sum()))


def ratio(pairs):
    pairs = np.asarray(pairs, dtype=float)
    return RatioStatistic(
        n=len(pairs),
        m_statistic=mean(pairs[:, 0]),
        d_statistic=mean(pairs[:, 1]),
        m_d_sum_of_products=float((pairs[:, 0] * pairs[:, 1]).sum()),
    )


def adjusted(pairs):
    pairs = np.asarray(pairs, dtype=float)
    return RegressionAdjustedStatistic(
        n=len(pairs),
        post_statistic=mean(pairs[:, 0]),
        pre_statistic=mean(pairs[:, 1]),
        post_pre_sum_of_products=float((pairs[:, 0] * pairs[:, 1]).sum()),
        theta=0,
    )


def proportion(done_and_count):
    done, count = done_and_count
    return ProportionStatistic(n=count, sum=done)


MAKE = {"proportion": proportion, "mean": mean, "ratio": ratio, "cuped": adjusted}


def told(kind, control, variant):
    # Each test sets theta in the statistics it is given, so each is given its own.
    both = lambda: (MAKE[kind](control), MAKE[kind](variant))
    fixed_test = TwoSidedTTest(*both())
    fixed = fixed_test.compute_result()
    sequential = SequentialTwoSidedTTest(*both()).compute_result()
    bayes = EffectBayesianABTest(*both()).compute_result()
    return {
        "lift": fixed.expected,
        "low": fixed.ci[0],
        "high": fixed.ci[1],
        "p": float(fixed.p_value),
        "error": float(fixed.uplift.stddev),
        "freedom": float(fixed_test.dof),
        "sequentialLow": sequential.ci[0],
        "sequentialHigh": sequential.ci[1],
        "chanceToWin": float(bayes.chance_to_win),
        "expectedLoss": float(bayes.risk[1]),
    }


def cases(seed):
    rng = np.random.default_rng(seed)
    spent = lambda count, share, order: np.round(
        np.where(rng.random(count) < share, rng.lognormal(order, 1.0, count), 0.0), 2
    )
    for count in (400, 5_000, 250_000):
        for share, lift in ((0.03, 0.2), (0.3, -0.02)):
            done = [int(rng.binomial(count, share)), int(rng.binomial(count, share * (1 + lift)))]
            yield "proportion", [done[0], count], [done[1], count + 7]
    for count in (30, 150):
        yield "mean", spent(count, 0.5, 3.0).tolist(), spent(count + 3, 0.5, 3.2).tolist()
    for count in (40, 120):
        visits = lambda: [
            [int(rng.binomial(views, 0.2)), int(views)] for views in 1 + rng.geometric(0.3, count)
        ]
        yield "ratio", visits(), visits()
    for count in (40, 120):
        usual = lambda: np.round(rng.gamma(2.0, 3.0, count), 2)

        def visitors(factor):
            before = usual()
            after = np.round(factor * before * rng.lognormal(0, 0.4, count), 2)
            return np.stack([after, before], axis=1).tolist()

        yield "cuped", visitors(1.0), visitors(1.1)


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    compared = [
        {"kind": kind, "control": control, "variant": variant, "told": told(kind, control, variant)}
        for kind, control, variant in cases(seed)
    ]
    rng = np.random.default_rng(seed)
    ratios = []
    for weights in ([0.5, 0.5], [0.6, 0.3, 0.1], [0.25, 0.25, 0.25, 0.25]):
        for bias in (0.0, 0.02):
            shares = np.array(weights) + bias * np.where(np.arange(len(weights)) == 0, 1, -1 / (len(weights) - 1))
            visitors = [int(number) for number in rng.multinomial(4_000, shares)]
            ratios.append({"visitors": visitors, "weights": weights, "p": float(check_srm(visitors, weights))})
    version = importlib.metadata.version("gbstats")
    print(json.dumps({"gbstats": version, "seed": seed, "compared": compared, "ratios": ratios}))


main()
