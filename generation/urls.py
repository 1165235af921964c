from django.urls import URLPattern, path

from generation.views import (
    constitution,
    constitution_new,
    library,
    model_spec,
    prompt_set,
    prompt_set_new,
)

# What studies are made of. For those who prepare studies; to everybody else these pages are not there.
constitution_urls: list[URLPattern] = [
    path("library/constitutions/new/", constitution_new.constitution_new, name="constitution_new"),
    path("library/constitutions/new/copy/", constitution_new.constitution_copy, name="constitution_copy"),
    path(
        "library/constitutions/new/upload/", constitution_new.constitution_upload, name="constitution_upload"
    ),
    path("library/constitutions/<int:pk>/", constitution.constitution_detail, name="constitution_detail"),
    path("library/constitutions/<int:pk>/edit/", constitution.constitution_edit, name="constitution_edit"),
    path(
        "library/constitutions/<int:pk>/compare/",
        constitution.constitution_compare,
        name="constitution_compare",
    ),
    path(
        "library/constitutions/<int:pk>/download/",
        constitution.constitution_download,
        name="constitution_download",
    ),
]

prompt_set_urls: list[URLPattern] = [
    path("library/prompts/new/", prompt_set_new.prompt_set_new, name="prompt_set_new"),
    path("library/prompts/new/copy/", prompt_set_new.prompt_set_copy, name="prompt_set_copy"),
    path("library/prompts/new/upload/", prompt_set_new.prompt_set_upload, name="prompt_set_upload"),
    path("library/prompts/<int:pk>/", prompt_set.prompt_set_detail, name="prompt_set_detail"),
    path("library/prompts/<int:pk>/edit/", prompt_set.prompt_set_edit, name="prompt_set_edit"),
    path("library/prompts/<int:pk>/compare/", prompt_set.prompt_set_compare, name="prompt_set_compare"),
    path("library/prompts/<int:pk>/preview/", prompt_set.prompt_set_preview, name="prompt_set_preview"),
    path("library/prompts/<int:pk>/download/", prompt_set.prompt_set_download, name="prompt_set_download"),
]

model_urls: list[URLPattern] = [
    path("library/models/", model_spec.model_list, name="model_list"),
    path("library/models/new/", model_spec.model_create, name="model_create"),
    path("library/models/<int:pk>/", model_spec.model_detail, name="model_detail"),
    path("library/models/<int:pk>/edit/", model_spec.model_edit, name="model_edit"),
]

urlpatterns: list[URLPattern] = [
    path("library/", library.library, name="library"),
    *constitution_urls,
    *prompt_set_urls,
    *model_urls,
]
