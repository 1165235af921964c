"""The library: what studies are made of, and every one who prepares studies shares."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from generation.queries.constitution import newest_constitution_sets
from generation.queries.model_spec import models_with_use
from generation.queries.prompt_set import newest_prompt_sets
from generation.views.request import SignedInRequest, for_preparers


@require_GET
@for_preparers
def library(request: SignedInRequest) -> HttpResponse:
    context = {
        "constitution_sets": newest_constitution_sets(),
        "prompt_sets": newest_prompt_sets(),
        "models": models_with_use(),
    }
    return render(request, "generation/library.html", context)
