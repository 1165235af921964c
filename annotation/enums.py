"""The states and kinds of things in annotation; spelled here and nowhere else."""

from django.db.models import TextChoices


class Role(TextChoices):
    MANAGER = "manager", "Manager"
    RESEARCHER = "researcher", "Researcher"
    RATER = "rater", "Rater"


class StudyStatus(TextChoices):
    DRAFT = "draft", "Being prepared"
    OPEN = "open", "Open"
    PAUSED = "paused", "Paused"
    CLOSED = "closed", "Closed"


class RatedUnder(TextChoices):
    """Under which dimensions a text is rated that was not written for a single one."""

    ALL = "all", "every dimension of the study"
    DRAW = "draw", "one dimension per text, drawn at random"


class ConditionSource(TextChoices):
    MODEL = "model", "Model"
    HUMAN = "human", "Human"


class Direction(TextChoices):
    HIGHER = "higher_is_better", "Higher is better"
    LOWER = "lower_is_better", "Lower is better"


class Level(TextChoices):
    ORDINAL = "ordinal", "Ordinal"
    NOMINAL = "nominal", "Nominal"


class RationaleRule(TextChoices):
    ALWAYS = "always", "Always required"
    WHEN_POINTS = "when_points", "Required for certain scores"
    OPTIONAL = "optional", "Optional"


class AssignmentStatus(TextChoices):
    """One seat: waiting for its rater, rated, skipped by her, or taken from her."""

    OPEN = "open", "To rate"
    SUBMITTED = "submitted", "Rated"
    SKIPPED = "skipped", "Skipped"
    WITHDRAWN = "withdrawn", "Withdrawn"


class SkipKind(TextChoices):
    NO_REASON = "no_reason", "No reason given"
    CANNOT_JUDGE = "cannot_judge", "I cannot judge this one"
    TEXT_BROKEN = "text_broken", "The text is broken"


class PauseKind(TextChoices):
    """Why a page comes before the next item."""

    DAY = "day", "The day's suggested end"
    BREAK = "break", "A break, after some time"
    HEAVY = "heavy", "A break, after heavy items"
    BATCH = "batch", "The end of a batch"


class RatingOrigin(TextChoices):
    EXPERT = "expert", "Expert"
    SIMULATED = "simulated", "Simulated"
    IMPORTED = "imported", "Imported"


class EventKind(TextChoices):
    """What the study's log records about its running."""

    CREATED = "created", "Study created"
    DESIGN_CHANGED = "design_changed", "Design changed"
    TEXTS_CHANGED = "texts_changed", "Texts changed"
    PACE_CHANGED = "pace_changed", "Batches, breaks and daily limit changed"
    TOPICS_CHANGED = "topics_changed", "Content notes of posts changed"
    GENERATION_STARTED = "generation_started", "Generation started"
    GENERATION_PAUSED = "generation_paused", "Generation paused"
    GENERATION_RESUMED = "generation_resumed", "Generation resumed"
    GENERATION_CANCELLED = "generation_cancelled", "Generation cancelled"
    GENERATION_RETRIED = "generation_retried", "Failed texts tried again"
    PRIORITY_CHANGED = "priority_changed", "Priority of the generation changed"
    RESPONSE_ACCEPTED = "response_accepted", "Text accepted after review"
    RESPONSE_EDITED = "response_edited", "Text edited after review"
    RESPONSE_EXCLUDED = "response_excluded", "Text excluded after review"
    HUMAN_TEXTS_IMPORTED = "human_texts_imported", "Texts by people imported"
    RELEASE_IMPORTED = "release_imported", "Release imported"
    STIMULI_HASHED = "stimuli_hashed", "Texts complete, and their hash taken"
    RESPONSE_REGENERATED = "response_regenerated", "Text written again"
    INVITED = "invited", "Person invited"
    INVITATION_REVOKED = "invitation_revoked", "Invitation withdrawn"
    JOINED = "joined", "Person joined"
    RATER_REMOVED = "rater_removed", "Rater removed"
    MEMBER_REMOVED = "member_removed", "Team member removed"
    ALLOCATED = "allocated", "Items allocated"
    RATINGS_SIMULATED = "ratings_simulated", "Ratings simulated"
    OPENED = "opened", "Study opened"
    PAUSED = "paused", "Study paused"
    CLOSED = "closed", "Study closed"
    CONDITIONS_HIDDEN = "conditions_hidden", "Scores by condition hidden until the study is closed"
    CONDITIONS_SHOWN = "conditions_shown", "Scores by condition shown to the team again"
    CONDITIONS_LOOKED_AT = "conditions_looked_at", "Hidden scores by condition looked at"
    FLAG_RESOLVED = "flag_resolved", "Flag settled"
    EXPORTED = "exported", "Ratings exported"
    EXCLUDED = "excluded", "Ratings left out of the scores"
    INCLUDED = "included", "Ratings counted again"
    CONTRASTS_PLANNED = "contrasts_planned", "Contrasts planned"
    JUDGE_STARTED = "judge_started", "Judge started"
    JUDGE_PAUSED = "judge_paused", "Judge paused"
    JUDGE_RESUMED = "judge_resumed", "Judge resumed"
    JUDGE_CANCELLED = "judge_cancelled", "Judge cancelled"
    JUDGE_RETRIED = "judge_retried", "Failed calls to a judge tried again"
    JUDGE_REPLY_SETTLED = "judge_reply_settled", "Judge's reply settled by hand"
    JUDGE_IMPORTED = "judge_imported", "Judge's replies imported"


class FigureLook(TextChoices):
    LIGHT = "light", "Light page"
    DARK = "dark", "Dark page"
    PRINT = "print", "Print, two columns"
    PRINT_ONE = "print_one", "Print, one column"


class ExclusionKind(TextChoices):
    RATER = "rater", "All ratings by one rater"
    FLAGGED = "flagged", "Ratings of flagged items"
    TOO_FAST = "too_fast", "Ratings that were made too fast"


class JudgeOrigin(TextChoices):
    RUN = "run", "Run on this site"
    IMPORTED = "imported", "Imported"


class JudgeOutcome(TextChoices):
    """What a judge's reply was read as; waiting until its call is answered."""

    WAITING = "waiting", "Waiting"
    SCORE = "score", "Score"
    REFUSED = "refused", "Refused"
    NOT_APPLICABLE = "not_applicable", "Not applicable"
    UNREADABLE = "unreadable", "Unreadable"
