"""Which files are read, from where, and what is refused; with the real small model and folders made here."""

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import MambaConfig, MambaForCausalLM, PreTrainedModel

from generation.backends.base import BackendUnavailableError, Completion, Decoding, Message, ModelRef
from generation.backends.local_environment import processor_name
from generation.backends.registry import load_backend
from generation.backends.transformers_loading import load_model
from generation.backends.transformers_local import load

GREEDY = Decoding(max_new_tokens=4, temperature=0)
CHAT = (Message("system", "Answer briefly."), Message("user", "Say hello."))
COMMIT = "0123456789abcdef0123456789abcdef01234567"
HUB_ID = "somebody/small"


@pytest.fixture
def copy_of_model(small_model: Path, tmp_path: Path) -> Path:
    """A folder with the small model's files, its weights as a link, for a test to change."""
    folder = tmp_path / "copy"
    folder.mkdir()
    for file in small_model.iterdir():
        if file.suffix == ".safetensors":
            (folder / file.name).symlink_to(file.resolve())
        else:
            shutil.copy(file, folder)
    return folder


@pytest.fixture
def hub_cache(small_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a hub's model leaves on the disk, with main at COMMIT; there is no network."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    repository = tmp_path / "models--somebody--small"
    snapshot = repository / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(COMMIT)
    for file in small_model.iterdir():
        (snapshot / file.name).symlink_to(file.resolve())
    return repository


def change_file(path: Path, **entries: object) -> None:
    """Change entries of a JSON file, and not those of the file that it links to."""
    figures = json.loads(path.read_text()) | entries
    path.unlink()
    path.write_text(json.dumps(figures))


def test_a_folder_without_a_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(BackendUnavailableError, match="cannot be loaded"):
        load_model(ModelRef("transformers", str(tmp_path)))


def test_a_folder_with_half_a_weights_file_says_so(copy_of_model: Path) -> None:
    weights = (copy_of_model / "model.safetensors").read_bytes()
    (copy_of_model / "model.safetensors").unlink()
    (copy_of_model / "model.safetensors").write_bytes(weights[: len(weights) // 2])

    with pytest.raises(BackendUnavailableError, match="cannot be loaded"):
        load_model(ModelRef("transformers", str(copy_of_model)))


def test_a_folder_with_pickled_weights_only_is_refused(copy_of_model: Path) -> None:
    (copy_of_model / "model.safetensors").unlink()
    torch.save({"weight": torch.zeros(1)}, copy_of_model / "pytorch_model.bin")

    with pytest.raises(BackendUnavailableError) as refused:
        load_model(ModelRef("transformers", str(copy_of_model)))

    assert str(refused.value) == (
        f"The model {copy_of_model} has its weights as .bin only, a format that can run code when it is "
        "read; choose a model stored as safetensors."
    )


@pytest.mark.parametrize("files", [["pytorch_model.bin"], []])
def test_a_hubs_model_without_safetensors_is_refused(hub_cache: Path, files: list[str]) -> None:
    snapshot = hub_cache / "snapshots" / COMMIT
    (snapshot / "model.safetensors").unlink()
    for name in files:
        torch.save({"weight": torch.zeros(1)}, snapshot / name)

    with pytest.raises(
        BackendUnavailableError, match=r"[Cc]hoose a model (stored as safetensors|that has)\."
    ):
        load_model(ModelRef("transformers", HUB_ID))


def test_weights_in_several_files_are_read_and_hashed_together(
    copy_of_model: Path, small_model_ref: ModelRef
) -> None:
    whole = load_model(small_model_ref).model
    (copy_of_model / "model.safetensors").unlink()
    whole.save_pretrained(copy_of_model, max_shard_size="100MB")
    shards = sorted(copy_of_model.glob("*.safetensors"))

    loaded = load(ModelRef("transformers", str(copy_of_model)))

    assert len(shards) > 1
    expected = zip(whole.parameters(), loaded._model.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in expected)
    hashes = "\n".join(hashlib.sha256(shard.read_bytes()).hexdigest() for shard in shards)
    assert loaded.environment.weights_sha256 == hashlib.sha256(hashes.encode()).hexdigest()


@pytest.mark.parametrize(
    ("broken", "content"),
    [
        ("tokenizer.json", "{}"),
        ("config.json", '{"model_type": "llama", "num_hidden_layers": "x"}'),
        ("chat_template.jinja", "{% if %}"),
        ("chat_template.jinja", "{{ messages[0].content + 1 }}"),
    ],
)
def test_a_broken_file_is_a_model_that_cannot_be_loaded(
    copy_of_model: Path, broken: str, content: str
) -> None:
    (copy_of_model / broken).unlink()
    (copy_of_model / broken).write_text(content)

    with pytest.raises(BackendUnavailableError, match="cannot be loaded"):
        load_backend(ModelRef("transformers", str(copy_of_model)))


def test_a_model_without_room_in_memory_says_so(
    small_model_ref: ModelRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(model: PreTrainedModel, device: str) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(PreTrainedModel, "to", no_room)

    with pytest.raises(BackendUnavailableError, match="There is no room in memory for the model"):
        load_model(small_model_ref)


def test_a_recurrent_model_is_refused_and_not_run_wrongly(copy_of_model: Path) -> None:
    (copy_of_model / "model.safetensors").unlink()
    config = MambaConfig(hidden_size=16, num_hidden_layers=1, state_size=4, vocab_size=50)
    MambaForCausalLM(config).save_pretrained(copy_of_model)

    with pytest.raises(BackendUnavailableError, match=r"is of a kind \(mamba\) that cannot be run here"):
        load_model(ModelRef("transformers", str(copy_of_model)))


def test_all_end_tokens_that_a_model_was_released_with_end_a_text(copy_of_model: Path) -> None:
    change_file(copy_of_model / "generation_config.json", eos_token_id=[7, 0])

    model = load_model(ModelRef("transformers", str(copy_of_model))).model

    assert model.generation_config.eos_token_id == [0, 2, 7]  # 2 is the tokenizer's


@pytest.mark.parametrize(
    ("template", "system_turn"),
    [
        ("{% for m in messages %}{{ m.role }} {{ m.content }}{% endfor %}", "own"),
        (
            "{% if messages[0].role == 'system' %}{{ raise_exception('no') }}{% endif %}"
            "{{ messages[0].content }}",
            "in first user turn",
        ),
        # Says nothing and leaves it out.
        (
            "{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}",
            "in first user turn",
        ),
    ],
)
def test_a_system_prompt_always_reaches_the_model(
    copy_of_model: Path, template: str, system_turn: str
) -> None:
    (copy_of_model / "chat_template.jinja").unlink()
    (copy_of_model / "chat_template.jinja").write_text(template)

    backend = load(ModelRef("transformers", str(copy_of_model)))

    assert backend.environment.system_turn == system_turn
    assert "Answer briefly." in backend._tokenizer.decode(backend._tokenize(CHAT))


@pytest.mark.parametrize("model_type", ["llama", "planted"])
def test_code_in_a_models_folder_is_never_run(copy_of_model: Path, tmp_path: Path, model_type: str) -> None:
    ran = tmp_path / "ran"
    (copy_of_model / "planted.py").write_text(f"open({str(ran)!r}, 'w')\n")
    classes = {
        "AutoConfig": "planted.Config",
        "AutoModelForCausalLM": "planted.Model",
        "AutoTokenizer": ["planted.Slow", "planted.Fast"],
    }
    change_file(copy_of_model / "config.json", auto_map=classes, model_type=model_type)
    change_file(copy_of_model / "tokenizer_config.json", auto_map=classes)

    try:
        loaded = load_model(ModelRef("transformers", str(copy_of_model)))
    except BackendUnavailableError as refused:
        outcome = "refused" if "cannot be loaded" in str(refused) else str(refused)
    else:
        outcome = type(loaded.model).__module__.split(".")[0]

    assert (outcome, ran.exists()) == ("transformers" if model_type == "llama" else "refused", False)


def test_a_gguf_file_is_read_and_its_hash_recorded(packaged_gguf: Path) -> None:
    ref = ModelRef("transformers", str(packaged_gguf.parent), gguf_file=packaged_gguf.name)

    backend = load(ref)
    [outcome] = backend.generate([CHAT], decoding=GREEDY, seed=1, should_stop=lambda: False)

    assert isinstance(outcome, Completion)
    figures = backend.environment.to_dict()
    assert (figures["gguf_file"], figures["quantisation"], figures["weights_sha256"]) == (
        packaged_gguf.name,
        "gguf, unpacked",
        hashlib.sha256(packaged_gguf.read_bytes()).hexdigest(),
    )


def test_a_hubs_gguf_file_is_read_without_any_other_file(
    hub_cache: Path, packaged_gguf: Path, tmp_path: Path
) -> None:
    for file in (hub_cache / "snapshots" / COMMIT).iterdir():
        file.unlink()
    (hub_cache / "snapshots" / COMMIT / packaged_gguf.name).symlink_to(packaged_gguf.resolve())
    ref = ModelRef("transformers", HUB_ID, revision=COMMIT, gguf_file=packaged_gguf.name)

    environment = load(ref).environment

    assert (environment.model, environment.revision, environment.gguf_file) == (
        HUB_ID,
        COMMIT,
        packaged_gguf.name,
    )
    assert environment.weights_sha256 == hashlib.sha256(packaged_gguf.read_bytes()).hexdigest()


def test_a_missing_gguf_file_is_named(packaged_gguf: Path) -> None:
    ref = ModelRef("transformers", str(packaged_gguf.parent), gguf_file="missing.gguf")

    with pytest.raises(BackendUnavailableError, match=r"missing\.gguf"):
        load_model(ref)


@pytest.mark.parametrize("revision", ["", "main", COMMIT])
def test_a_hubs_model_is_recorded_with_its_commit(hub_cache: Path, revision: str) -> None:
    environment = load(ModelRef("transformers", HUB_ID, revision=revision)).environment

    assert (environment.model, environment.revision, len(environment.weights_sha256)) == (HUB_ID, COMMIT, 64)


def test_a_hubs_model_is_read_at_the_revision_asked_for(hub_cache: Path) -> None:
    newer = "f" * 40
    shutil.copytree(hub_cache / "snapshots" / COMMIT, hub_cache / "snapshots" / newer, symlinks=True)
    change_file(hub_cache / "snapshots" / newer / "config.json", max_position_embeddings=99)
    (hub_cache / "refs" / "main").write_text(newer)

    pinned = load_model(ModelRef("transformers", HUB_ID, revision=COMMIT))
    newest = load_model(ModelRef("transformers", HUB_ID))

    assert (pinned.revision, newest.revision) == (COMMIT, newer)
    assert newest.model.config.max_position_embeddings == 99
    assert pinned.model.config.max_position_embeddings > 99


def test_a_revision_that_is_not_there_is_refused(hub_cache: Path) -> None:
    with pytest.raises(BackendUnavailableError, match=f"The model {HUB_ID} cannot be loaded"):
        load_model(ModelRef("transformers", HUB_ID, revision="9" * 40))


def test_a_model_without_a_chat_template_is_refused_with_a_way_out(copy_of_model: Path) -> None:
    (copy_of_model / "chat_template.jinja").unlink()

    with pytest.raises(BackendUnavailableError) as refused:
        load_model(ModelRef("transformers", str(copy_of_model)))

    assert str(refused.value) == (
        f"The model {copy_of_model} has no chat template; choose the chat format 'plain' for it."
    )


def test_a_model_without_a_chat_template_answers_plainly(copy_of_model: Path) -> None:
    (copy_of_model / "chat_template.jinja").unlink()
    backend = load(ModelRef("transformers", str(copy_of_model), chat_format="plain"))

    [outcome] = backend.generate([CHAT], decoding=GREEDY, seed=1, should_stop=lambda: False)

    assert isinstance(outcome, Completion)
    assert backend._tokenizer.decode(backend._tokenize(CHAT)) == (
        "Answer briefly.\n\nUser: Say hello.\n\nAssistant:"
    )
    assert (backend.environment.chat_format, backend.environment.chat_template_sha256) == ("plain", "")


def test_the_plain_format_is_used_where_asked_for_even_beside_a_template(small_model_ref: ModelRef) -> None:
    environment = load(replace(small_model_ref, chat_format="plain")).environment

    assert (environment.chat_format, environment.system_turn) == ("plain", "own")


def test_an_unknown_number_format_is_named(small_model_ref: ModelRef) -> None:
    with pytest.raises(BackendUnavailableError, match="'float8' is not one of: auto, bfloat16, float32"):
        load_model(replace(small_model_ref, dtype="float8"))


def test_the_processor_has_a_name() -> None:
    assert processor_name() not in {"", "cpu"}
