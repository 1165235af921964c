"""Where a response came from, in columns that every table of ratings ends with."""

from annotation.exports.column import Column

ORIGIN_COLUMNS = (
    Column("post_sha256", "SHA-256 of the post's text (UTF-8)."),
    Column(
        "stimuli_sha256",
        "SHA-256 of all that the study's raters are shown; empty until its last text is there.",
    ),
    Column("was_edited", "1 where a person edited the text before it was rated, else 0."),
    Column("generation_no", "1; 2 and up where the text was written again. Empty, as all below, for people."),
    Column(
        "backend",
        "How the model was run: transformers (on the site's own machines), openai (an API) or "
        "imported (not here).",
    ),
    Column("model_id", "The model as it was asked for: a hub's id, a folder, or an API's name."),
    Column("model_revision", "The revision that was asked for; may be empty."),
    Column("weights_sha256", "SHA-256 of the model's weights; empty for a model behind an API."),
    Column("tokenizer", "The tokenizer's class; empty for a model behind an API."),
    Column("chat_format", "template (the model's own chat template) or plain."),
    Column("chat_template_sha256", "SHA-256 of the chat template."),
    Column("dtype", "Number format of the calculation."),
    Column("device", "What it ran on: cpu or cuda."),
    Column("processor", "The processor's name."),
    Column("torch", "Version of torch."),
    Column("transformers", "Version of transformers."),
    Column("python", "Version of Python."),
    Column("environment_sha256", "SHA-256 of the whole record of the last call's environment."),
    Column("decoding", "How texts were sampled, as JSON."),
    Column("seed", "Seed of the run."),
    Column("call_seed", "Seed of the call that wrote the text."),
    Column("constitution_set", "Name of the constitution set."),
    Column("constitution_set_version", "Its version."),
    Column("constitution_set_sha256", "SHA-256 of its content."),
    Column("prompt_set", "Name of the prompt set."),
    Column("prompt_set_version", "Its version."),
    Column("prompt_set_sha256", "SHA-256 of its content."),
    Column("n_calls", "Model calls that led to the text."),
    Column("n_attempts", "Attempts at them, those that broke included."),
    Column("tokens_in", "Tokens sent, over all calls.", "total_tokens_in"),
    Column("tokens_out", "Tokens received, over all calls.", "total_tokens_out"),
    Column("seconds", "The calls' shares of the time that their batches took.", "total_seconds"),
)
