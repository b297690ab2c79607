"""What notebook 04 says of intervals over forms of sentences in place of sentences."""

from __future__ import annotations

import pytest

from mmcourse.engine import joint_interval
from mmcourse.rnn.studies.negations import form_of
from mmcourse.text import studies


@pytest.mark.slow
def test_for_unseen_forms_of_negation_the_doubt_is_larger_than_for_other_sentences():
    asked = studies.grouped("test")
    forms = {kind: [form_of(text) for text in group.texts] for kind, group in asked.items()}
    assert len(forms["unseen negation"]) == 84 and len(set(forms["unseen negation"])) == 18
    vocabulary, readers = studies.train_readers(["mean embedding", "text CNN"])
    for models, (least, most) in zip(readers.values(), ((0.17, 0.23), (0.11, 0.16)), strict=True):
        right = studies.scores_of(vocabulary, models)
        by_form = {kind: joint_interval(right[kind], forms[kind]) for kind in ("negation", "unseen negation")}
        by_sentence = joint_interval(right["unseen negation"], range(84))
        assert least < by_form["unseen negation"].half < most and by_sentence.half < 0.1
        assert by_form["unseen negation"].high < by_form["negation"].low
