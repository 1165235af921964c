from generation.models.constitution import ConstitutionSet, Dimension, PromptSet
from generation.models.imported import ImportRecord
from generation.models.model_spec import BackendEnvironment, ModelSpec
from generation.models.post import Post, PostCollection
from generation.models.response import Response, ResponseReview
from generation.models.run import Chain, GenerationRun, RunModel, Step

__all__ = [
    "BackendEnvironment",
    "Chain",
    "ConstitutionSet",
    "Dimension",
    "GenerationRun",
    "ImportRecord",
    "ModelSpec",
    "Post",
    "PostCollection",
    "PromptSet",
    "Response",
    "ResponseReview",
    "RunModel",
    "Step",
]
