import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from assistant.nlu.counts import OPTIONS, Counts, fitted

TEXTS = [
    "c est quoi l immunotherapie",
    "c est quoi un inhibiteur",
    "l immunotherapie c est quoi c est quoi",
    "est ce que l immunotherapie marche",
    "un don un don un don",
    "faire un don",
]
OTHER = ["l immunotherapie est un don", "quoi quoi quoi", "zzz", ""]


@pytest.mark.parametrize("view", OPTIONS)
def test_a_message_counts_as_scikit_learn_counts_it(view: str) -> None:
    counts, features = fitted(view, TEXTS)
    again = Counts(view, counts.terms, counts.idf)
    expected = TfidfVectorizer(sublinear_tf=True, dtype=np.float32, **OPTIONS[view]).fit(TEXTS)
    assert (features != expected.transform(TEXTS)).nnz == 0
    for text in TEXTS + OTHER:
        row = np.zeros(len(counts.idf), dtype=np.float32)
        places, values = again.of(text)
        row[places] = values
        assert row == pytest.approx(expected.transform([text]).toarray()[0], abs=1e-6)
