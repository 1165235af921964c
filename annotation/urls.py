from django.urls import URLPattern, path
from django.views.decorators.gzip import gzip_page

from annotation.api import schema as schema_api
from annotation.api import score as score_api
from annotation.api import study as study_api
from annotation.views import (
    activity,
    consent,
    draft,
    hidden_conditions,
    home,
    invitation,
    judge_prompts,
    judge_replies,
    judge_scores,
    own_ratings,
    rating,
    scores,
    study,
    study_attention,
    study_contrasts,
    study_design,
    study_exclusions,
    study_generation,
    study_human_texts,
    study_judges,
    study_people,
    study_preview,
    study_response,
    study_review,
    study_run_posts,
    study_texts,
    study_welfare,
    tokens,
    welfare,
)

# Raters: consent, the desk, and what belongs to it.
rating_urls: list[URLPattern] = [
    path("", home.home, name="home"),
    path("rate/", rating.rating_home, name="rating_home"),
    path("rate/token/", draft.rating_token, name="rating_token"),
    path("rate/signed-in/", draft.rating_signed_in, name="rating_signed_in"),
    path("rate/time-zone/", welfare.rating_time_zone, name="rating_time_zone"),
    path("rate/<slug:slug>/", rating.rating_next, name="rating_next"),
    path("rate/<slug:slug>/consent/", consent.rating_consent, name="rating_consent"),
    path("rate/<slug:slug>/instructions/", consent.rating_instructions, name="rating_instructions"),
    path("rate/<slug:slug>/topics/", welfare.rating_topics, name="rating_topics"),
    path("rate/<slug:slug>/break/", welfare.rating_break, name="rating_break"),
    path("rate/<slug:slug>/<int:position>/", gzip_page(rating.rating_item), name="rating_item"),
    path("rate/<slug:slug>/<int:position>/draft/", draft.rating_draft, name="rating_draft"),
    path("rate/<slug:slug>/<int:position>/activity/", activity.rating_activity, name="rating_activity"),
    path("rate/<slug:slug>/<int:position>/skip/", gzip_page(rating.rating_skip), name="rating_skip"),
    path("rate/<slug:slug>/<int:position>/flag/", rating.rating_flag, name="rating_flag"),
    path("rate/<slug:slug>/rated/", rating.rating_list, name="rating_list"),
    path("rate/<slug:slug>/rated/ratings.csv", own_ratings.rating_download, name="rating_download"),
    path("rate/<slug:slug>/support/", rating.rating_support, name="rating_support"),
    path("rate/<slug:slug>/concern/", rating.rating_concern, name="rating_concern"),
]

# Managers: a study from its posts to its closing, and the people who come in by invitation.
manager_urls: list[URLPattern] = [
    path("studies/", study.study_list, name="study_list"),
    path("studies/new/", study.study_create, name="study_create"),
    path("studies/<slug:slug>/", study.study_detail, name="study_detail"),
    path("studies/<slug:slug>/allocate/", study.study_allocate, name="study_allocate"),
    path("studies/<slug:slug>/open/", study.study_open, name="study_open"),
    path("studies/<slug:slug>/pause/", study.study_pause, name="study_pause"),
    path("studies/<slug:slug>/close/", study.study_close, name="study_close"),
    path("studies/<slug:slug>/design/", study_design.study_design, name="study_design"),
    path(
        "studies/<slug:slug>/design/numbers/", study_design.study_design_numbers, name="study_design_numbers"
    ),
    path("studies/<slug:slug>/contrasts/", study_contrasts.study_contrasts, name="study_contrasts"),
    path(
        "studies/<slug:slug>/contrasts/rule/",
        study_contrasts.study_contrasts_by_rule,
        name="study_contrasts_by_rule",
    ),
    path("studies/<slug:slug>/human-texts/", study_human_texts.study_human_texts, name="study_human_texts"),
    path("studies/<slug:slug>/texts/", study_texts.study_texts, name="study_texts"),
    path("studies/<slug:slug>/welfare/", study_welfare.study_welfare, name="study_welfare"),
    path("studies/<slug:slug>/welfare/topics/", study_welfare.study_topics, name="study_topics"),
    path("studies/<slug:slug>/welfare/times/", study_welfare.study_times, name="study_times"),
    path("studies/<slug:slug>/generation/", study_generation.study_generation, name="study_generation"),
    path(
        "studies/<slug:slug>/generation/start/",
        study_generation.study_generation_start,
        name="study_generation_start",
    ),
    path(
        "studies/<slug:slug>/generation/pause/",
        study_generation.study_generation_pause,
        name="study_generation_pause",
    ),
    path(
        "studies/<slug:slug>/generation/resume/",
        study_generation.study_generation_resume,
        name="study_generation_resume",
    ),
    path(
        "studies/<slug:slug>/generation/cancel/",
        study_generation.study_generation_cancel,
        name="study_generation_cancel",
    ),
    path(
        "studies/<slug:slug>/generation/retry/",
        study_generation.study_generation_retry,
        name="study_generation_retry",
    ),
    path(
        "studies/<slug:slug>/generation/priority/",
        study_generation.study_generation_priority,
        name="study_generation_priority",
    ),
    path("studies/<slug:slug>/generation/posts/", study_run_posts.study_run_posts, name="study_run_posts"),
    path(
        "studies/<slug:slug>/generation/posts/<int:position>/",
        study_run_posts.study_run_post,
        name="study_run_post",
    ),
    path(
        "studies/<slug:slug>/generation/<int:chain_id>/again/",
        study_generation.study_text_again,
        name="study_text_again",
    ),
    path(
        "studies/<slug:slug>/generation/again/",
        study_generation.study_texts_again,
        name="study_texts_again",
    ),
    path("studies/<slug:slug>/people/", study_people.study_people, name="study_people"),
    path("studies/<slug:slug>/people/invite/", study_people.study_invite, name="study_invite"),
    path(
        "studies/<slug:slug>/people/invitations/<int:invitation_id>/revoke/",
        study_people.study_invitation_revoke,
        name="study_invitation_revoke",
    ),
    path(
        "studies/<slug:slug>/people/members/<int:member_id>/remove/",
        study_people.study_member_remove,
        name="study_member_remove",
    ),
    path(
        "studies/<slug:slug>/people/team/<int:member_id>/remove/",
        study_people.study_team_remove,
        name="study_team_remove",
    ),
    path("studies/<slug:slug>/preview/", study_preview.study_preview, name="study_preview"),
    path("studies/<slug:slug>/attention/", study_attention.study_attention, name="study_attention"),
    path(
        "studies/<slug:slug>/attention/<int:flag_id>/settle/",
        study_attention.study_flag_settle,
        name="study_flag_settle",
    ),
    path("studies/<slug:slug>/excluded/", study_review.study_excluded_texts, name="study_excluded_texts"),
    path(
        "studies/<slug:slug>/responses/<int:response_id>/",
        study_response.study_response,
        name="study_response",
    ),
    path(
        "studies/<slug:slug>/responses/<int:response_id>/record.json",
        study_response.study_response_record,
        name="study_response_record",
    ),
    path(
        "studies/<slug:slug>/responses/<int:response_id>/review/",
        study_review.study_review,
        name="study_review",
    ),
    path("join/<str:token>/", invitation.invitation_accept, name="invitation_accept"),
]

# Judges: language models that score a study's texts, and how they are asked.
judge_urls: list[URLPattern] = [
    path("studies/<slug:slug>/judges/", study_judges.study_judges, name="study_judges"),
    path("studies/<slug:slug>/judges/<int:judge_id>/", study_judges.judge_run, name="judge_run"),
    path(
        "studies/<slug:slug>/judges/<int:judge_id>/replies/",
        judge_replies.judge_replies,
        name="judge_replies",
    ),
    path(
        "studies/<slug:slug>/judges/<int:judge_id>/replies/<int:reply_id>/",
        judge_replies.judge_reply,
        name="judge_reply",
    ),
    path(
        "studies/<slug:slug>/judges/<int:judge_id>/change/<slug:change>/",
        study_judges.judge_run_change,
        name="judge_run_change",
    ),
    path(
        "studies/<slug:slug>/judges/<int:judge_id>/priority/",
        study_judges.judge_run_priority,
        name="judge_run_priority",
    ),
    path("library/judges/", judge_prompts.judge_prompt_list, name="judge_prompt_list"),
    path("library/judges/<int:pk>/", judge_prompts.judge_prompt_detail, name="judge_prompt_detail"),
    path("library/judges/<int:pk>/edit/", judge_prompts.judge_prompt_edit, name="judge_prompt_edit"),
    path(
        "library/judges/<int:pk>/download/",
        judge_prompts.judge_prompt_download,
        name="judge_prompt_download",
    ),
]

# Numbers out: the scores page, the file of ratings, access tokens, the read-only API.
score_urls: list[URLPattern] = [
    path("studies/<slug:slug>/scores/", scores.study_scores, name="study_scores"),
    path("studies/<slug:slug>/scores/distributions/", scores.study_distributions, name="study_distributions"),
    path("studies/<slug:slug>/scores/breakdowns/", scores.study_breakdowns, name="study_breakdowns"),
    path(
        "studies/<slug:slug>/scores/exclusions/", study_exclusions.study_exclusions, name="study_exclusions"
    ),
    path(
        "studies/<slug:slug>/scores/exclusions/<int:exclusion_id>/end/",
        study_exclusions.study_exclusion_end,
        name="study_exclusion_end",
    ),
    path("studies/<slug:slug>/scores/figures/", scores.study_figures, name="study_figures"),
    path(
        "studies/<slug:slug>/scores/figures/<int:file_id>/<str:name>",
        scores.study_figure_file,
        name="study_figure_file",
    ),
    path("studies/<slug:slug>/scores/agreement/", scores.study_agreement, name="study_agreement"),
    path(
        "studies/<slug:slug>/scores/agreement/<int:condition_id>/",
        scores.study_condition_agreement,
        name="study_condition_agreement",
    ),
    path("studies/<slug:slug>/scores/comparisons/", scores.study_comparisons, name="study_comparisons"),
    path("studies/<slug:slug>/scores/judges/", judge_scores.study_judge_scores, name="study_judge_scores"),
    path(
        "studies/<slug:slug>/scores/judges/<int:judge_id>/conditions/<int:condition_id>/",
        judge_scores.study_judge_condition,
        name="study_judge_condition",
    ),
    path("studies/<slug:slug>/scores/raters/", scores.study_rater_effects, name="study_rater_effects"),
    path("studies/<slug:slug>/scores/state/", scores.study_snapshot_state, name="study_snapshot_state"),
    path(
        "studies/<slug:slug>/scores/snapshots/<int:snapshot_id>/ratings.csv",
        scores.study_snapshot_ratings,
        name="study_snapshot_ratings",
    ),
    path(
        "studies/<slug:slug>/scores/conditions/hide/",
        hidden_conditions.study_conditions_hide,
        name="study_conditions_hide",
    ),
    path(
        "studies/<slug:slug>/scores/conditions/show/",
        hidden_conditions.study_conditions_show,
        name="study_conditions_show",
    ),
    path(
        "studies/<slug:slug>/scores/conditions/look/",
        hidden_conditions.study_conditions_look,
        name="study_conditions_look",
    ),
    path("studies/<slug:slug>/scores.csv", scores.study_export_csv, name="study_export_csv"),
    path("studies/<slug:slug>/judges.csv", judge_scores.study_export_judges, name="study_export_judges"),
    path(
        "studies/<slug:slug>/judges-numbers.csv",
        judge_scores.study_export_judge_numbers,
        name="study_export_judge_numbers",
    ),
    path(
        "studies/<slug:slug>/provenance.jsonl",
        scores.study_export_provenance,
        name="study_export_provenance",
    ),
    path("account/tokens/", tokens.token_list, name="token_list"),
    path("account/tokens/new/", tokens.token_create, name="token_create"),
    path("account/tokens/revoke/", tokens.token_revoke, name="token_revoke"),
    path("api/v1/studies/", study_api.StudyList.as_view(), name="api_study_list"),
    path("api/v1/studies/<slug:slug>/scores/", score_api.study_scores, name="api_study_scores"),
    path("api/schema/", schema_api.SchemaView.as_view(), name="api_schema"),
]

urlpatterns: list[URLPattern] = [
    *rating_urls,
    *manager_urls,
    *judge_urls,
    *score_urls,
]
