from annotation.templatetags.problem import problem_sentences


def test_problem_sentences_in_a_row() -> None:
    assert problem_sentences(["empty", "wrong_kind"]) == (
        "The text is empty. The text rates the situation, as an appraisal does; a reappraisal was asked for."
    )
    assert problem_sentences([]) == ""
