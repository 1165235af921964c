from generation.backends.prefix_sharing import PrefixGroup, each_alone, group_by_prefix


def test_group_by_prefix_finds_prompts_that_begin_alike_wherever_they_stand() -> None:
    prompts = [[1, 2, 3, 4, 5], [9, 8, 7], [1, 2, 3, 6], [9, 8, 5]]

    groups = group_by_prefix(prompts)

    assert groups == [PrefixGroup((0, 2), 3), PrefixGroup((3, 1), 2)]


def test_group_by_prefix_leaves_prompts_apart_that_share_a_short_opening_only() -> None:
    prompts = [[1, 2, 3, 4, 5, 6], [1, 2, 7, 7, 7, 7]]

    assert group_by_prefix(prompts) == [PrefixGroup((0,), 5), PrefixGroup((1,), 5)]


def test_group_by_prefix_leaves_every_prompt_a_token_to_answer_to() -> None:
    prompts = [[1, 2, 3], [1, 2, 3], [1, 2, 3, 4]]

    assert group_by_prefix(prompts) == [PrefixGroup((0, 1, 2), 2)]


def test_group_by_prefix_does_not_let_a_group_shrink_to_what_all_prompts_share() -> None:
    prompts = [[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 2], [1, 1, 3, 3, 3, 3]]

    assert group_by_prefix(prompts) == [PrefixGroup((0, 1), 5), PrefixGroup((2,), 5)]


def test_each_alone_reads_all_but_the_last_token_first() -> None:
    assert each_alone([[1, 2], [1, 2, 3]]) == [PrefixGroup((0,), 1), PrefixGroup((1,), 2)]


def test_no_prompts_make_no_groups() -> None:
    assert (group_by_prefix([]), each_alone([])) == ([], [])
