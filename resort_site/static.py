"""How static files are named and compressed."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Names each file by its content, also where one of our ES modules imports another."""

    support_js_module_import_aggregation = True
    # In our own folder only: Django takes type annotations in htmx's comments for imports, and fails on them.
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
