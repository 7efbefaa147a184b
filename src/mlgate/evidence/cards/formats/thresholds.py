"""Which side of a threshold is wanted of a metric. Formats that state thresholds leave it to the name."""

from __future__ import annotations

import re
from typing import Literal

Side = Literal["min", "max"]
_LESS = (
    *("error", "loss", "mae", "mse", "rmse", "perplexity"),
    *("false", "fpr", "fnr", "miss rate", "brier", "latency", "divergence"),
)
"""Parts of the names of metrics for which less is better."""
_MORE = ("accuracy", "precision", "recall", "true positive", "true negative", "exact match", "hit rate")
"""Parts of the names of those for which more is."""
_LESS_WORDS = frozenset(
    {
        *("wer", "cer", "ter", "mer", "eer", "frr", "ece", "mce", "nll", "bpc", "ppl", "fid"),
        *("mape", "smape", "wape", "msle", "rmsle"),
        *("duration", "deviation", "toxicity", "hallucination", "hallucinations"),
    }
)
"""Words that are too short, or too often part of others, to be looked for inside of a word."""
_MORE_WORDS = frozenset(
    {
        *("acc", "sensitivity", "specificity", "f1", "f2", "fbeta", "fscore", "tpr", "tnr", "ppv", "npv"),
        *("auc", "rocauc", "aucroc", "auroc", "aucpr", "prauc", "auprc", "ap", "map", "mrr", "dcg", "ndcg"),
        *("bleu", "rouge", "meteor", "chrf", "iou", "miou", "dice", "jaccard", "kappa", "mcc", "gini", "r2"),
        *("correlation", "pearson", "spearman", "fidelity", "faithfulness", "similarity"),
    }
)
_TURNS = frozenset({"reduction", "improvement"})
_TURNS_IN_FRONT = frozenset({"neg", "negative", "negated", "inverse", "inverted", "minus", "1"}) | _TURNS
"""Words that turn what a name says: of `neg_log_loss` and `1 - error` more is better."""
_WORD = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+")


def wanted_of(metric: str) -> Side | None:
    """Whether at least or at most its threshold is wanted; None where the name says neither, or both."""
    words = [word.lower() for word in _WORD.findall(metric)]
    if _TURNS & {*words} or _TURNS_IN_FRONT & {*words[:1]}:
        return None
    texts = metric.lower(), " ".join(words)
    less = bool(_LESS_WORDS & {*words}) or any(part in text for part in _LESS for text in texts)
    more = bool(_MORE_WORDS & {*words}) or any(part in text for part in _MORE for text in texts)
    if less == more:
        return None
    return "max" if less else "min"


def holds(value: float, threshold: float, side: Side) -> bool:
    """Whether a value keeps a threshold."""
    return value >= threshold if side == "min" else value <= threshold
