"""Posts, constitutions, models, runs and texts, to look at.

Lists show keys and numbers, never the text of a post or response.
"""

from django.contrib import admin

from generation.models import (
    BackendEnvironment,
    Chain,
    ConstitutionSet,
    Dimension,
    GenerationRun,
    ImportRecord,
    ModelSpec,
    Post,
    PostCollection,
    PromptSet,
    Response,
    ResponseReview,
    RunModel,
    Step,
)
from resort_site.view_only import ViewOnlyAdmin, ViewOnlyInline


@admin.register(PostCollection)
class PostCollectionAdmin(ViewOnlyAdmin):
    list_display = ["name", "created_at"]
    search_fields = ["name"]


@admin.register(Post)
class PostAdmin(ViewOnlyAdmin):
    list_display = ["key", "collection", "position", "area", "content_note"]
    list_filter = ["area"]
    list_select_related = ["collection"]
    search_fields = ["key", "collection__name", "area"]


class DimensionInline(ViewOnlyInline):
    model = Dimension
    fields = ["number", "key", "name", "aim"]


@admin.register(ConstitutionSet)
class ConstitutionSetAdmin(ViewOnlyAdmin):
    list_display = ["name", "version", "content_hash", "created_at"]
    search_fields = ["name", "content_hash"]
    inlines = [DimensionInline]


@admin.register(Dimension)
class DimensionAdmin(ViewOnlyAdmin):
    list_display = ["name", "number", "key", "constitution_set"]
    list_select_related = ["constitution_set"]
    search_fields = ["name", "key", "constitution_set__name"]


@admin.register(PromptSet)
class PromptSetAdmin(ViewOnlyAdmin):
    list_display = ["name", "version", "content_hash", "created_at"]
    search_fields = ["name", "content_hash"]


@admin.register(ModelSpec)
class ModelSpecAdmin(ViewOnlyAdmin):
    """Models are added and changed in the library, which keeps keys out of their fields."""

    list_display = ["name", "backend", "model", "revision", "dtype"]
    list_filter = ["backend"]
    search_fields = ["name", "model"]


@admin.register(BackendEnvironment)
class BackendEnvironmentAdmin(ViewOnlyAdmin):
    list_display = ["sha256"]
    search_fields = ["sha256"]


class RunModelInline(ViewOnlyInline):
    model = RunModel
    fields = ["model_spec"]


@admin.register(GenerationRun)
class GenerationRunAdmin(ViewOnlyAdmin):
    list_display = [
        "name",
        "status",
        "constitution_set",
        "prompt_set",
        "priority",
        "created_at",
        "started_at",
    ]
    list_filter = ["status"]
    list_select_related = ["constitution_set", "prompt_set"]
    search_fields = ["name"]
    inlines = [RunModelInline]


@admin.register(RunModel)
class RunModelAdmin(ViewOnlyAdmin):
    list_display = ["run", "model_spec"]
    list_select_related = ["run", "model_spec"]
    search_fields = ["run__name", "model_spec__name"]


class StepInline(ViewOnlyInline):
    model = Step
    fields = ["index", "wording", "status", "attempts", "finish_reason", "failure_kind", "finished_at"]


@admin.register(Chain)
class ChainAdmin(ViewOnlyAdmin):
    list_display = [
        "id",
        "run",
        "post",
        "strategy",
        "subject",
        "dimension",
        "generation_no",
        "status",
        "planned_calls",
    ]
    list_filter = ["status", "strategy"]
    list_select_related = ["run_model__run", "post", "dimension"]
    search_fields = ["id", "post__key", "run_model__run__name"]
    inlines = [StepInline]

    @admin.display(ordering="run_model__run")
    def run(self, chain: Chain) -> GenerationRun:
        return chain.run_model.run


@admin.register(Step)
class StepAdmin(ViewOnlyAdmin):
    list_display = [
        "id",
        "chain",
        "index",
        "wording",
        "status",
        "attempts",
        "failure_kind",
        "worker",
        "seconds",
        "finished_at",
    ]
    list_filter = ["status", "finish_reason", "failure_kind"]
    list_select_related = ["chain__post"]
    search_fields = ["id", "chain__id", "chain__post__key", "worker"]


@admin.register(Response)
class ResponseAdmin(ViewOnlyAdmin):
    list_display = [
        "id",
        "source",
        "post",
        "strategy",
        "dimension",
        "is_final",
        "status",
        "problems",
        "created_at",
    ]
    list_filter = ["status", "source", "is_final"]
    list_select_related = ["post", "chain", "dimension", "imported"]
    search_fields = ["id", "post__key", "sha256"]

    @admin.display(ordering="chain__strategy")
    def strategy(self, response: Response) -> str:
        origin = response.chain or response.imported
        return (origin.strategy if origin else "") or response.method


@admin.register(ImportRecord)
class ImportRecordAdmin(ViewOnlyAdmin):
    list_display = ["id", "file", "row", "field", "model_spec", "strategy", "step", "at"]
    list_filter = ["strategy", "model_spec"]
    list_select_related = ["model_spec"]
    search_fields = ["id", "file"]


@admin.register(ResponseReview)
class ResponseReviewAdmin(ViewOnlyAdmin):
    list_display = ["id", "response", "kind", "by", "at"]
    list_filter = ["kind"]
    list_select_related = ["response", "by"]
    search_fields = ["response__id"]
