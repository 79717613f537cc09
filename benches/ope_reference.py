"""
The figures that collector/tests/ope.rs holds `unspoken ope` to, by the Open Bandit Pipeline itself.

    python -m venv /tmp/obp && /tmp/obp/bin/pip install numpy scipy scikit-learn pandas tqdm pyyaml \
        matplotlib seaborn mypy_extensions pyieoe
    /tmp/obp/bin/pip install --no-deps --ignore-requires-python obp==0.5.7
    /tmp/obp/bin/python benches/ope_reference.py ../shared/data/obd_small

obp's neural learners import torch as the package is read. No estimator here uses it, so where it is
not installed empty modules stand in for it.

For each campaign the log of the random policy is judged for Bernoulli TS, with its probabilities
from *_avg_dist.csv. obp's own reward model (a logistic regression, cross-fitted in folds that numpy
draws) cannot be had again to six digits by another program; so DM and DR take the mean reward of
each item, or of each item at each position, and the log's mean where there is none, which obp is
handed as estimated_rewards_by_reg_model. `--published OUT.csv` runs obp's own quickstart instead.
"""

import importlib
import sys
import types
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")

try:
    import torch  # noqa: F401
except ImportError:

    class Standin(types.ModuleType):
        __path__ = []

        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            return type(name, (), {})

    NAMES = ["torch", "torch.nn", "torch.nn.functional", "torch.optim", "torch.utils", "torch.utils.data"]
    for name in NAMES:
        sys.modules[name] = Standin(name)
    for name in NAMES[1:]:
        above, _, own = name.rpartition(".")
        setattr(sys.modules[above], own, sys.modules[name])

import numpy as np
import pandas as pd
from obp.ope import DirectMethod as DM
from obp.ope import DoublyRobust as DR
from obp.ope import InverseProbabilityWeighting as IPW
from obp.ope import OffPolicyEvaluation
from obp.ope import SelfNormalizedInverseProbabilityWeighting as SNIPW


def means(log, items, width, by):
    """The mean reward of each item (at each position), and the log's where there is none."""
    expected = np.full((items, width), log.click.mean())
    for place, clicks in log.groupby(by).click:
        expected[place if len(by) == 2 else place[0]] = clicks.mean()
    return expected


def judge(log, policy, by, clip):
    rows, (items, width) = len(log), policy.shape
    tiled = lambda table: np.tile(table, (rows, 1, 1))
    feedback = dict(
        n_rounds=rows,
        n_actions=items,
        action=log.item.to_numpy(),
        position=log.pos.to_numpy(),
        reward=log.click.to_numpy(),
        pscore=log.propensity.to_numpy(),
        context=np.zeros((rows, 1)),
        action_context=np.zeros((items, 1)),
    )
    limit = np.inf if clip is None else clip
    estimators = [IPW(lambda_=limit), SNIPW(), DM(), DR(lambda_=limit)]
    found = OffPolicyEvaluation(feedback, estimators).estimate_policy_values(
        action_dist=tiled(policy),
        estimated_rewards_by_reg_model=tiled(means(log, items, width, by)),
    )
    return ", ".join(repr(float(found[name])) for name in ["ipw", "snipw", "dm", "dr"])


MODELS = {"Model::Item": ["item"], "Model::ItemPosition": ["item", "pos"]}
CLIPS = {"None": None, "Some(2.0)": 2.0}


def own():
    """The log of our own: whole numbers, as in collector/tests/ope.rs."""
    state, rows = 1, []

    def draw():
        nonlocal state
        state = state * 1_103_515_245 % 2_147_483_648 + 12_345
        return state // 65_536

    for _ in range(600):
        item, pos, chance = draw() % 5, draw() % 3, draw() % 10
        rows.append((item, pos, int(chance < item + (pos == 0)), [0.4, 0.1, 0.2, 0.1, 0.2][item]))
    policy = [[0.1, 0.2, 0.05], [0.3, 0.2, 0.05], [0.3, 0.1, 0.1], [0.2, 0.2, 0.2], [0.1, 0.3, 0.6]]
    return pd.DataFrame(rows, columns=["item", "pos", "click", "propensity"]), np.array(policy)


def published(out):
    """
    obp's own quickstart on the sample it ships (examples/quickstart/obd.ipynb, which prints
    IPW 0.004553, DM 0.003399, DR 0.004647): its table, and the log with its model's figures, for
    `unspoken ope --log`.
    """
    from obp.dataset import OpenBanditDataset
    from obp.ope import RegressionModel
    from obp.policy import BernoulliTS
    from sklearn.linear_model import LogisticRegression

    data = OpenBanditDataset(behavior_policy="random", campaign="all")
    log = data.obtain_batch_bandit_feedback()
    policy = BernoulliTS(data.n_actions, data.len_list, is_zozotown_prior=True, campaign="all", random_state=12345)
    shares = policy.compute_batch_action_dist(n_sim=100_000, n_rounds=log["n_rounds"])
    model = RegressionModel(
        n_actions=data.n_actions,
        len_list=data.len_list,
        action_context=data.action_context,
        base_model=LogisticRegression(random_state=12345),
    )
    keys = ["context", "action", "reward", "position", "pscore"]
    expected = model.fit_predict(**{key: log[key] for key in keys}, n_folds=3, random_state=12345)
    found = OffPolicyEvaluation(log, [IPW(), SNIPW(), DM(), DR()]).estimate_policy_values(
        action_dist=shares, estimated_rewards_by_reg_model=expected
    )
    print({name: float(value) for name, value in found.items()})
    at = np.arange(log["n_rounds"]), log["action"], log["position"]
    every = at[0], slice(None), at[2]
    columns = dict(
        click=log["reward"],
        propensity=log["pscore"],
        target=shares[at],
        expected=expected[at],
        value=np.average(expected[every], weights=shares[every], axis=1),
    )
    pd.DataFrame(columns).to_csv(out, index=False)


def main():
    if sys.argv[1] == "--published":
        return published(sys.argv[2])
    folder = Path(sys.argv[1])
    version = importlib.import_module("obp.version").__version__
    print(f"// obp {version}, numpy {np.__version__}, pandas {pd.__version__}")
    for campaign in ["all", "men", "women"]:
        policy = pd.read_csv(folder / f"{campaign}_bts_avg_dist.csv").to_numpy()
        for behaviour in ["random", "bts"]:
            log = pd.read_csv(folder / f"{campaign}_{behaviour}_train.csv.gz")
            for model, by in MODELS.items():
                for said, clip in CLIPS.items():
                    print(f'    ("{campaign}", "{behaviour}", {model}, {said}, [{judge(log, policy, by, clip)}]),')
    print("// the log of our own")
    for model, by in MODELS.items():
        for said, clip in CLIPS.items():
            print(f"    ({model}, {said}, [{judge(*own(), by, clip)}]),")


main()
