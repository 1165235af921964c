"""A language model as a form. Keys never come in here: only the name of the variable that holds one."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from django import forms
from django.conf import settings
from django.http import QueryDict

from generation.backends.base import BackendUnavailableError
from generation.backends.openai_access import check_address, is_key_variable
from generation.domain.model_spec import ModelDraft, draft_of
from generation.enums import BackendKind
from generation.models import ModelSpec

_COMMIT = re.compile(r"[0-9a-f]{40}")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
_API_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(-preview)?|preview|latest|v1")
# Keys of well-known services, wherever they are pasted: OpenAI and alike, Hugging Face, Google, Azure.
_KEY = re.compile(r"\b(sk-|hf_|gsk_|AIza|Bearer )[\w-]{8,}|\b[0-9a-f]{32}\b|\b[A-Za-z0-9]{41,}\b")
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")

_KEY_WARNING = (
    "This may be a key, so we took it out and kept nothing of it. Keys stay outside this site: an "
    "administrator puts them into an environment variable where the models run, and only the variable's name "
    "stands here. If the key may have been seen by others, please have it replaced."
)
_OF_LOCAL_MODELS = ("revision", "gguf_file", "dtype", "chat_format")
_OF_APIS = ("base_url", "api_version", "api_key_variable", "concurrency")


class ModelForm(forms.ModelForm):
    """Saves nothing: once valid, `draft` is what was entered, without the other kind's fields."""

    class Meta:
        model = ModelSpec
        fields = ["name", "backend", "model", *_OF_LOCAL_MODELS, *_OF_APIS]
        widgets = {"backend": forms.RadioSelect, "chat_format": forms.RadioSelect}
        labels = {
            "backend": "How it is run",
            "model": "Model",
            "revision": "Revision",
            "gguf_file": "GGUF file",
            "dtype": "Number format",
            "chat_format": "Chat format",
            "base_url": "Address of the server",
            "api_version": "Azure API version",
            "api_key_variable": "Variable of the key",
            "concurrency": "Requests at a time",
        }
        help_texts = {
            "name": "As it shall stand in tables and exports, such as Mistral-7B-Instruct-v0.1.",
            "model": (
                "On this site's own machines: its id at a model hub (organisation/name), or a folder there. "
                "Over an API: the name by which the server knows the model; with Azure, your deployment's."
            ),
            "revision": (
                "The commit at the hub: 40 characters, 0–9 and a–f. Needed with a hub's id: its owner may "
                "exchange the files behind it at any time, and nobody could say which model wrote the texts."
            ),
            "gguf_file": "Only where the model is a .gguf file: its name in the folder or repository.",
            "dtype": "bfloat16 is faster on most new machines; float32 is the most exact.",
            "chat_format": "Only a model that was not made for conversation needs plain text.",
            "base_url": "Of any server that speaks OpenAI's protocol. Leave it empty for OpenAI itself.",
            "api_version": "Only with Azure, such as 2024-10-21.",
            "api_key_variable": (
                "The name of the environment variable that holds the key where the models run, such as "
                "OPENAI_API_KEY. Never the key itself. Leave it empty if the server needs none."
            ),
            "concurrency": "How many requests the server gets at the same time, 1 to 256.",
        }
        error_messages = {"name": {"unique": "Another model has this name."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # as a ModelForm takes them
        super().__init__(*args, **kwargs)
        kinds = cast(forms.ChoiceField, self.fields["backend"])
        kinds.choices = [choice for choice in BackendKind.choices if choice[0] != BackendKind.IMPORTED]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        other_kind = _OF_LOCAL_MODELS if cleaned.get("backend") == BackendKind.OPENAI else _OF_APIS
        unset = ModelSpec()
        for name in other_kind:
            self.errors.pop(name, None)
            cleaned[name] = getattr(unset, name)
        self._refuse_keys()
        if cleaned.get("backend") == BackendKind.OPENAI:
            self._check_api(cleaned)
        else:
            self._check_local(cleaned)
        return cleaned

    def draft(self) -> ModelDraft:
        return ModelDraft(**{name: self.cleaned_data[name] for name in ModelDraft.__dataclass_fields__})

    def changes_in(self, stored: ModelSpec) -> list[tuple[str, object]]:
        """Return label and stored value of the fields that say something else there than here."""
        return [
            (str(self.fields[name].label), value)
            for name, value in asdict(draft_of(stored)).items()
            if value != self.cleaned_data[name]
        ]

    def _refuse_keys(self) -> None:
        """Take whatever looks like a key out of what goes back to the browser, and out of what is stored."""
        sent = QueryDict(mutable=True)
        sent.update(self.data)
        for name in ("name", "model", "revision", "gguf_file", "base_url", "api_version", "api_key_variable"):
            text = str(sent.get(name, "")).strip()
            if text and _looks_like_key(name, text):
                self.errors.pop(name, None)
                self.add_error(name, _KEY_WARNING)
                sent[name] = ""
        self.data = sent

    def _check_local(self, cleaned: dict[str, Any]) -> None:
        revision, model = cleaned.get("revision", ""), cleaned.get("model", "")
        if "revision" in self.errors or "model" in self.errors:
            return
        if not is_hub_id(model):
            return
        if not revision:
            self.add_error(
                "revision",
                "Please give the commit of the hub's model. Without it nobody could say later which files "
                "wrote the texts: the hub's owner may exchange them under the same name.",
            )
        elif not _COMMIT.fullmatch(revision):
            self.add_error(
                "revision",
                "Please give the whole commit, 40 characters of 0–9 and a–f. A branch or tag such as “main” "
                "can be moved to other files.",
            )

    def _check_api(self, cleaned: dict[str, Any]) -> None:
        if address := cleaned.get("base_url"):
            try:
                check_address(address)
            except BackendUnavailableError as error:
                self.add_error("base_url", str(error))
        if (version := cleaned.get("api_version")) and not _API_VERSION.fullmatch(version):
            self.add_error(
                "api_version", "An Azure version is a date, such as 2024-10-21 or 2024-10-01-preview."
            )
        elif version and not address and "base_url" not in self.errors:
            self.add_error("base_url", "Please give the address of your Azure resource.")
        if (variable := cleaned.get("api_key_variable")) and not is_key_variable(variable):
            self.add_error(
                "api_key_variable",
                "The variable's name must end with KEY or TOKEN, and have no SECRET in it: so no other "
                "secret of this site can be sent to a server by mistake.",
            )


def is_hub_id(model: str) -> bool:
    """Whether the model would be fetched from a hub: organisation/name, and no folder of that name here."""
    if not _HUB_ID.fullmatch(model) or model.startswith((".", "~")):
        return False
    return not (settings.DATA_DIR / "models" / model).is_dir() and not Path(model).is_dir()


def _looks_like_key(field: str, text: str) -> bool:
    if field == "api_key_variable":
        # A long name with digits and without any _ is a key of all capitals.
        is_word = "_" not in text and len(text) >= 16 and any(sign.isdigit() for sign in text)
        return is_word or not (_VARIABLE.fullmatch(text) or is_key_variable(text))
    if field == "revision" and _COMMIT.fullmatch(text):
        return False
    return _KEY.search(text) is not None or (field == "base_url" and "@" in text)
