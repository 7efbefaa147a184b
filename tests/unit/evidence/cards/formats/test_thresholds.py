"""Which side of a threshold the name of a metric says is wanted."""

from __future__ import annotations

import pytest

from mlgate.evidence.cards.formats.thresholds import holds, wanted_of

LESS = ["WER", "cer", "character error rate", "ECE", "log_loss", "logloss", "nRMSE", "MAPE", "p95_latency_ms"]
LESS += ["False Positive Rate", "falseNegativeRate", "missRate", "Brier score", "KL divergence", "toxicity"]
MORE = ["accuracy", "F1", "f1_score", "rocAuc", "ROC_AUC", "AUROC", "BLEU", "nDCG", "mAP", "truePositiveRate"]
MORE += ["exact-match", "balanced accuracy", "R2", "answer relevance precision"]
NEITHER = ["", "score", "power", "answer relevance", "concern", "sentiment", "neg_log_loss", "1 - error"]
NEITHER += ["error detection recall", "recall at 1 % false positives", "accuracy reduction", "negative loss"]


@pytest.mark.parametrize("name", LESS)
def test_of_some_less_is_better(name: str) -> None:
    assert wanted_of(name) == "max"


@pytest.mark.parametrize("name", MORE)
def test_of_some_more_is_better(name: str) -> None:
    assert wanted_of(name) == "min"


@pytest.mark.parametrize("name", NEITHER)
def test_a_name_that_says_neither_or_both_says_nothing(name: str) -> None:
    assert wanted_of(name) is None


def test_a_value_at_the_threshold_keeps_it_on_either_side() -> None:
    assert holds(0.5, 0.5, "min")
    assert holds(0.5, 0.5, "max")
    assert not holds(0.4, 0.5, "min")
    assert not holds(0.6, 0.5, "max")
