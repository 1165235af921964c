"""The wordings of a prompt set and their placeholders, in words for the people who edit them."""

from generation.prompt_set import Wording

LABELS: dict[Wording, str] = {
    Wording.SYSTEM: "Who the model is",
    Wording.FIRST_MESSAGE: "Around the first question",
    Wording.REAPPRAISE: "Ask for a response",
    Wording.REAPPRAISE_GUIDED: "Ask for a response, with guidance",
    Wording.APPRAISE: "Ask for an appraisal",
    Wording.REAPPRAISE_AFTER_APPRAISAL: "Ask for a response after an appraisal",
    Wording.REAPPRAISE_GUIDED_AFTER_APPRAISAL: "Ask for a response after an appraisal, with guidance",
    Wording.REVISE: "Ask for a better response",
    Wording.REVISE_GUIDED: "Ask for a better response, with guidance",
    Wording.REVISE_BY_APPRAISAL: "Ask for a better response, by an appraisal",
}

EXPLANATIONS: dict[Wording, str] = {
    Wording.SYSTEM: "Stands before every conversation. It may be empty: some models do best without.",
    Wording.FIRST_MESSAGE: "Puts the post around each question that opens a conversation.",
    Wording.REAPPRAISE: "The plain question, without any guidance: the baseline.",
    Wording.REAPPRAISE_GUIDED: "The question for one dimension.",
    Wording.APPRAISE: "Asks how the person who wrote the post appraises the situation, on one dimension.",
    Wording.REAPPRAISE_AFTER_APPRAISAL: "Follows the model's own appraisal, in the same conversation.",
    Wording.REAPPRAISE_GUIDED_AFTER_APPRAISAL: "Follows the model's own appraisal, in the same conversation.",
    Wording.REVISE: "Opens a new conversation about the response so far, without any guidance.",
    Wording.REVISE_GUIDED: "Opens a new conversation about the response so far, for one dimension.",
    Wording.REVISE_BY_APPRAISAL: "Asks for a revision of the response so far by the appraisal just given.",
}

PLACEHOLDERS: dict[str, str] = {
    "post": "the post",
    "question": "the question, which is one of the wordings below",
    "guidance": "the dimension's guidance",
    "appraisal_question": "the dimension's appraisal question",
    "response": "the response so far",
    "appraisal": "the appraisal that the model just gave",
}
