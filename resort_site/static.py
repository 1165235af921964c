"""How static files are named and compressed."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Names each file by its content, ES-module imports included."""

    support_js_module_import_aggregation = True
