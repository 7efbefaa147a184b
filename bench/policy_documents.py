"""The documents the policy is measured on: the reference workload, a large one, and the worst of cards."""

from __future__ import annotations

import asyncio
import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench_setup import CASE, question_of

from mlgate.evidence.cards.bounds import MOST_METRICS, MOST_METRICS_IN_ALL, MOST_WITH_LIMIT
from mlgate.workloads.cards.judgements import MOST_JUDGEMENTS

Document = dict[str, Any]

MODELS = 5
CONTAINERS = 40
ATTRIBUTES = 8
GROUPS = 12
WORST_GROUPS = 64
CROWDED_DATASETS = 210


def documents(root: Path) -> tuple[dict[str, Document], Path]:
    """The documents by name, as the gate builds them, and the bundle that judges them."""
    subprocess.run(
        [sys.executable, str(root / "tools" / "examples.py")], check=True, stdout=subprocess.DEVNULL
    )
    reference, bundle = asyncio.run(question_of(root / ".build" / "examples" / CASE))
    return {
        "reference": json.loads(json.dumps(reference)),
        "hard": hard_of(reference),
        "worst": worst_of(reference),
        "crowded": crowded_of(reference),
    }, bundle


def hard_of(reference: Document) -> Document:
    """The reference document with many containers and models, and with large cards, one for each model."""
    hard = copy.deepcopy(reference)
    workload = hard["workload"]
    workload["containers"] = [_container(workload["containers"][0], n) for n in range(CONTAINERS)]
    model, card = workload["models"][0], hard["cards"][0]
    workload["models"] = [_model(model, n) for n in range(MODELS)]
    hard["cards"] = [_card(card, str(entry["id"]), n) for n, entry in enumerate(workload["models"])]
    hard["signOffs"] = [
        _sign_off(sign_off, entry["card"]["model"]["name"], n)
        for n, entry in enumerate(hard["cards"])
        for sign_off in hard["signOffs"]
    ]
    return hard


def worst_of(reference: Document) -> Document:
    """The reference document with a card at the bounds of `evidence/cards/bounds.py`, in which nothing holds.

    Its values are fractions close to each other, which OPA finds again among others in the worst of all ways.
    """
    worst = copy.deepcopy(reference)
    card = worst["cards"][0]["card"]
    first = card["fairness"]["evaluations"][0]
    card["fairness"]["mitigations"] = []
    card["fairness"]["evaluations"] = [
        first
        | {
            "attribute": f"attribute-{n}",
            "groups": [_group(n, m) for m in range(WORST_GROUPS)],
            "metrics": [_close(n * MOST_METRICS + m) for m in range(MOST_METRICS)],
        }
        for n in range(MOST_METRICS_IN_ALL // MOST_METRICS)
    ]
    measured = [
        {"name": "accuracy", "value": 0.5 + n / 10**6, "min": 0.7 + n / 10**6} for n in range(MOST_WITH_LIMIT)
    ]
    card["evaluation"] = card.get("evaluation", {}) | {"metrics": measured}
    return worst


def crowded_of(reference: Document) -> Document:
    """The reference document with as many models, and datasets that are only named, as may be judged."""
    crowded = copy.deepcopy(reference)
    card = crowded["cards"][0]
    card["card"] = {
        "model": card["card"]["model"],
        "datasets": [{"name": f"dataset-{n}"} for n in range(CROWDED_DATASETS)],
    }
    model = crowded["workload"]["models"][0]
    models = [_model(model, n) for n in range(MOST_JUDGEMENTS // (CROWDED_DATASETS * 4 + 1))]
    crowded["workload"]["models"] = models
    card["models"] = [model["id"] for model in models]
    return crowded


def _close(number: int) -> Document:
    """A fairness metric that is wrong and beyond its limit."""
    return {"name": "accuracyRatio", "value": 0.5 + number / 10**6, "limit": 0.9999 + number / 10**8}


def _container(container: Document, number: int) -> Document:
    return container | {
        "name": f"{container['name']}-{number}",
        "path": f"spec.predictor.containers[{number}]",
    }


def _model(model: Document, number: int) -> Document:
    return model | {"id": f"{model['id']}-{number}", "path": f"{model['path']}[{number}]"}


def _card(entry: Document, model: str, number: int) -> Document:
    """A card of its own for a model, with many group tables."""
    made = copy.deepcopy(entry) | {"models": [model]}
    made["source"] = entry["source"] | {"reference": f"{entry['source']['reference']}-{number}"}
    card = made["card"]
    card["model"]["name"] = f"{card['model']['name']}-{number}"
    first = card["fairness"]["evaluations"][0]
    card["fairness"]["evaluations"] = [_evaluation(first, n) for n in range(ATTRIBUTES)]
    return made


def _evaluation(evaluation: Document, number: int) -> Document:
    """A bias test of one attribute, of groups that differ a little."""
    return evaluation | {
        "attribute": f"attribute-{number}",
        "groups": [_group(number, n) for n in range(GROUPS)],
        "metrics": [{"name": entry["name"]} for entry in evaluation["metrics"]],
    }


def _group(attribute: int, number: int) -> Document:
    counts = {
        "truePositives": 2080 + number * 7 + attribute,
        "falsePositives": 190 + number,
        "trueNegatives": 1360 + number * 5,
        "falseNegatives": 270 + number * 2,
    }
    return {"group": f"group-{number}", "count": sum(counts.values())} | counts


def _sign_off(sign_off: Document, model: str, number: int) -> Document:
    return sign_off | {
        "subject": sign_off["subject"] | {"model": model},
        "source": sign_off["source"] | {"reference": f"{sign_off['source']['reference']}-{number}"},
    }
