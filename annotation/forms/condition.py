"""Conditions in words, for readers who do not know their keys: a title and a sentence each."""

# What each strategy does, for readers who do not know its key.
EXPLANATIONS = {
    "INDV vanilla": (
        "Asked and no more",
        "The model is asked for a reappraisal and told nothing else. One text per post: the plain baseline.",
    ),
    "INDV +cons": (
        "With guidance",
        "The model is given the guidance for one dimension. One text per post and dimension.",
    ),
    "INDV +appr": (
        "Appraisal first",
        "The model first says how the person appraises the situation on one dimension, and writes from "
        "there. One text per post and dimension.",
    ),
    "INDV +appr +cons": (
        "Appraisal first, with guidance",
        "The model first says how the person appraises the situation, then writes with the guidance for that "
        "dimension. One text per post and dimension.",
    ),
    "ITER self-refine": (
        "Revised without guidance",
        "The model writes a text and is asked again and again to help better, once per further dimension but "
        "without naming it. One text per post: the baseline for revised texts.",
    ),
    "ITER +cons": (
        "Revised with guidance",
        "The model writes with the guidance for the first dimension and revises its text with that for each "
        "further one. One text per post.",
    ),
    "ITER +appr": (
        "Revised by appraisal",
        "For each dimension in turn, the model says how the person appraises the situation and revises its "
        "text in that light. One text per post.",
    ),
    "ITER +appr +cons": (
        "Revised by appraisal and guidance",
        "For each dimension in turn, the model revises its text by the person's appraisal and then with the "
        "guidance. One text per post.",
    ),
}

HUMAN_SOURCES = {
    "oracle_response": ("Written by an expert", "A person wrote this response for one dimension."),
    "example_text_a": (
        "Example text A",
        "Made up for the example study: the same general words for all posts of an area.",
    ),
    "example_text_b": ("Example text B", "Made up for the example study: a few kind words."),
    "example_text_c": (
        "Example text C",
        "Made up for the example study: a reply that takes up what the post says.",
    ),
    "top_reddit_comment": ("Most-voted reply", "The reply that readers of the post voted for most."),
}


def source_words(source: str) -> tuple[str, str]:
    """Return the title and the sentence of a human source; its name stands for a title that is not known."""
    return HUMAN_SOURCES.get(source, (source, "Written by people."))
